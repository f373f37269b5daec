-- uid. Answers -1 if done, -2 if there is none, else the status that it ended with
local key = 'miroir:tasks:' .. ARGV[1]
local status = redis.call('HGET', key, 'status')
if not status then return -2 end
status = tonumber(status)
if status >= 2 then return status end
if status == 0 then
  local time = redis.call('TIME')
  redis.call('HSET', key, 'status', 1, 'started_at', time[1] * 1000000 + time[2], 'batch_uid', ARGV[1])
end
return -1
