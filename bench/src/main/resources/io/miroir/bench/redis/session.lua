-- touch, pin, unpin or end; id, microseconds to live, sessions at most; to pin: group, least settings version.
-- Answers when it ends; to end: 1 if there was one
local op, id, max = ARGV[1], ARGV[2], tonumber(ARGV[4])
local key, index = 'miroir:sessions:' .. id, 'miroir:sessions:_index'
if op == 'end' then
  redis.call('ZREM', index, id)
  return redis.call('DEL', key)
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local ends = now + tonumber(ARGV[3])
if op == 'pin' then
  local least = tonumber(redis.call('HGET', key, 'min_settings_version') or '0')
  redis.call('HSET', key, 'pinned_group', ARGV[5], 'min_settings_version', math.max(least, tonumber(ARGV[6])))
elseif op == 'unpin' then
  redis.call('HDEL', key, 'pinned_group')
end
redis.call('HSET', key, 'expires_at', ends)
redis.call('PEXPIREAT', key, math.ceil(ends / 1000))
redis.call('ZADD', index, ends, id)
redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
while redis.call('ZCARD', index) > max do
  redis.call('DEL', 'miroir:sessions:' .. redis.call('ZPOPMIN', index)[1])
end
return ends
