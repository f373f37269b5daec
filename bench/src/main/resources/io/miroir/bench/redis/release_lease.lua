-- scope, epoch, whether there is a phase to hand on (1 or 0), the phase.
-- Answers {1} or, where it is another's or nobody's, {0, epoch, holder}
local key = 'miroir:leader_lease:' .. ARGV[1]
local old = redis.call('HMGET', key, 'holder', 'epoch')
if old[2] ~= ARGV[2] then return {0, tonumber(old[2] or '0'), old[1] or ''} end
if ARGV[3] == '1' then
  redis.call('HSET', key, 'holder', '', 'epoch', 0, 'expires_at', 0, 'phase', ARGV[4])
else
  redis.call('DEL', key)
  redis.call('SREM', 'miroir:leader_lease:_index', ARGV[1])
end
return {1}
