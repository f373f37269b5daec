-- table, key, when it expires (milliseconds, 0: never), when the row there was last changed (0: whenever), then
-- fields and values. A row that was there keeps when it was created, and that it was revoked. Answers 0 if it was
-- changed since
local key = 'miroir:' .. ARGV[1] .. ':' .. ARGV[2]
if ARGV[4] ~= '0' and redis.call('HGET', key, 'updatedAt') ~= ARGV[4] then return 0 end
local old = redis.call('HMGET', key, 'createdAt', 'revoked')
redis.call('DEL', key)
redis.call('HSET', key, unpack(ARGV, 5))
if old[1] then redis.call('HSET', key, 'createdAt', old[1]) end
if old[2] == 'true' then redis.call('HSET', key, 'revoked', 'true') end
redis.call('SADD', 'miroir:' .. ARGV[1] .. ':_index', ARGV[2])
if ARGV[3] ~= '0' then redis.call('PEXPIREAT', key, ARGV[3]) end
return 1
