-- canary, status, milliseconds, failed assertions or '', runs kept. Answers when it ran, -1 for no such canary
if redis.call('EXISTS', 'miroir:canaries:' .. ARGV[1]) == 0 then return -1 end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local key = 'miroir:canary_runs:' .. ARGV[1]
local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
if last[2] and tonumber(last[2]) >= now then now = tonumber(last[2]) + 1 end
redis.call('ZADD', key, now, string.format('%.0f', now) .. ';' .. ARGV[2] .. ';' .. ARGV[3] .. ';' .. ARGV[4])
redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[5]))
return now
