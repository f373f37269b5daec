-- scope, holder, microseconds. Answers {1, epoch, expiry, phase} or, where another holds it, {0, epoch, expiry, holder}
local key = 'miroir:leader_lease:' .. ARGV[1]
local old = redis.call('HMGET', key, 'holder', 'epoch', 'expires_at', 'phase')
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
if old[1] and old[1] ~= ARGV[2] and tonumber(old[3]) > now then
  return {0, tonumber(old[2]), tonumber(old[3]), old[1]}
end
local epoch = redis.call('INCR', 'miroir:leader_lease:_epoch')
local expires = now + tonumber(ARGV[3])
redis.call('HSET', key, 'holder', ARGV[2], 'epoch', epoch, 'phase', old[4] or '{}',
    'expires_at', string.format('%.0f', expires), 'updated_at', string.format('%.0f', now))
redis.call('SADD', 'miroir:leader_lease:_index', ARGV[1])
return {1, epoch, expires, old[4] or '{}'}
