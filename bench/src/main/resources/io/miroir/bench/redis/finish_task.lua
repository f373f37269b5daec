-- uid, status, then further fields and values. Answers as start_task
local key = 'miroir:tasks:' .. ARGV[1]
local old = redis.call('HMGET', key, 'status', 'started_at')
if not old[1] then return -2 end
if tonumber(old[1]) >= 2 then return tonumber(old[1]) end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('HSET', key, 'status', ARGV[2], 'finished_at', now, 'started_at', old[2] or now,
    'batch_uid', ARGV[1], unpack(ARGV, 3))
return -1
