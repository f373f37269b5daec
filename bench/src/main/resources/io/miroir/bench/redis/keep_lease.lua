-- scope, epoch, microseconds, whether there is a new phase (1 or 0), the phase.
-- Answers {1, expiry} or, where it is another's or nobody's, {0, epoch, holder}
local key = 'miroir:leader_lease:' .. ARGV[1]
local old = redis.call('HMGET', key, 'holder', 'epoch')
if old[2] ~= ARGV[2] then return {0, tonumber(old[2] or '0'), old[1] or ''} end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local expires = now + tonumber(ARGV[3])
redis.call('HSET', key, 'expires_at', string.format('%.0f', expires), 'updated_at', string.format('%.0f', now))
if ARGV[4] == '1' then redis.call('HSET', key, 'phase', ARGV[5]) end
return {1, expires}
