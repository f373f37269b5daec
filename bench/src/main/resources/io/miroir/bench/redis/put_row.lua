-- table, key, when it expires (milliseconds, 0: never), name of a field that keeps its first value or '',
-- then fields and values
local key = 'miroir:' .. ARGV[1] .. ':' .. ARGV[2]
local created = ARGV[4] ~= '' and redis.call('HGET', key, ARGV[4])
redis.call('HSET', key, unpack(ARGV, 5))
if created then redis.call('HSET', key, ARGV[4], created) end
redis.call('SADD', 'miroir:' .. ARGV[1] .. ':_index', ARGV[2])
if ARGV[3] ~= '0' then redis.call('PEXPIREAT', key, ARGV[3]) end
return 1
