-- type, status, details, then further fields and values
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local uid = redis.call('INCR', 'miroir:tasks:_last') - 1
redis.call('HSET', 'miroir:tasks:' .. uid, 'type', ARGV[1], 'status', ARGV[2], 'details_json', ARGV[3],
    'enqueued_at', now, unpack(ARGV, 4))
redis.call('ZADD', 'miroir:tasks:_index', uid, uid)
return {uid, now}
