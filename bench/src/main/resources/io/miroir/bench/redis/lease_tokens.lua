-- searchui or adminlogin, tokens of a window, microseconds of a window, then address, wanted, spent.
-- Answers tokens, end of the window, held back until, for each
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {}
for i = 4, #ARGV, 3 do
  local key = 'miroir:ratelimit:' .. ARGV[1] .. ':' .. ARGV[i]
  local held = 0
  if ARGV[1] == 'adminlogin' then
    held = tonumber(redis.call('HGET', 'miroir:ratelimit:backoff:' .. ARGV[i], 'next') or '0')
    if held <= now then held = 0 end
  end
  local old = redis.call('HMGET', key, 'taken', 'expires_at')
  local taken, ends = 0, now + tonumber(ARGV[3])
  if old[2] and tonumber(old[2]) > now then taken, ends = tonumber(old[1]), tonumber(old[2]) end
  taken = taken + tonumber(ARGV[i + 2])
  local tokens = math.min(tonumber(ARGV[i + 1]), math.max(0, tonumber(ARGV[2]) - taken))
  if held > 0 then tokens = 0 end
  redis.call('HSET', key, 'taken', taken + tokens, 'expires_at', ends)
  redis.call('PEXPIREAT', key, math.ceil(ends / 1000))
  table.insert(answers, tokens)
  table.insert(answers, ends)
  table.insert(answers, held)
end
return answers
