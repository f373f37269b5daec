-- address, whether it succeeded (1 or 0), failures before it is held back, microseconds the first time, at most.
-- Answers until when it is held back, or 0
local key = 'miroir:ratelimit:backoff:' .. ARGV[1]
if ARGV[2] == '1' then
  redis.call('DEL', key)
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local failed = redis.call('HINCRBY', key, 'failed', 1)
local free = tonumber(ARGV[3])
local held = 0
if failed >= free then
  held = now + math.min(tonumber(ARGV[4]) * 2 ^ math.min(failed - free, 20), tonumber(ARGV[5]))
end
redis.call('HSET', key, 'next', held)
redis.call('PEXPIREAT', key, math.ceil((math.max(held, now) + tonumber(ARGV[5])) / 1000))
return held
