-- id, or '' for all. Answers how many were not revoked before
local ids = {ARGV[1]}
if ARGV[1] == '' then ids = redis.call('SMEMBERS', 'miroir:admin_sessions:_index') end
local revoked = 0
for _, id in ipairs(ids) do
  local key = 'miroir:admin_sessions:' .. id
  if redis.call('HGET', key, 'revoked') == 'false' then
    redis.call('HSET', key, 'revoked', 'true')
    revoked = revoked + 1
  end
end
redis.call('PUBLISH', 'miroir:admin_session:revoked', ARGV[1])
return revoked
