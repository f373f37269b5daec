-- 'make', then for each key: uid, how many fields and values follow, and those. Answers 0 if a uid is taken.
-- 'begin' and the same: once. 'relabel', uid, when it was last changed, fields and values: answers 0 if there is
-- no such key, or it was changed since
local function row(uid) return 'miroir:api_keys:' .. uid end
if ARGV[1] == 'relabel' then
  if redis.call('HGET', row(ARGV[2]), 'updatedAt') ~= ARGV[3] then return 0 end
  redis.call('HDEL', row(ARGV[2]), 'name', 'description')
  redis.call('HSET', row(ARGV[2]), unpack(ARGV, 4))
  return 1
end
if ARGV[1] == 'begin' and redis.call('SETNX', 'miroir:api_keys_begun', '1') == 0 then return 0 end
local at = 2
while ARGV[at] do
  local fields = tonumber(ARGV[at + 1])
  if redis.call('EXISTS', row(ARGV[at])) == 1 then return 0 end
  redis.call('HSET', row(ARGV[at]), unpack(ARGV, at + 2, at + 1 + fields))
  redis.call('SADD', 'miroir:api_keys:_index', ARGV[at])
  at = at + 2 + fields
end
return 1
