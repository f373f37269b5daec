-- index, node, version. Answers {1, version} or, where a higher one was verified, {0, that one}
local id = ARGV[1] .. ':' .. ARGV[2]
local key = 'miroir:node_settings_version:' .. id
local old = redis.call('HGET', key, 'version')
if old and tonumber(old) > tonumber(ARGV[3]) then return {0, tonumber(old)} end
local time = redis.call('TIME')
redis.call('HSET', key, 'version', ARGV[3], 'updated_at', time[1] * 1000000 + time[2])
redis.call('SADD', 'miroir:node_settings_version:_index', id)
return {1, tonumber(ARGV[3])}
