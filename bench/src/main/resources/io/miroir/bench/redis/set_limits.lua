-- the limits as JSON, expected version. Answers {1, new version} or {0, found version}
local version = tonumber(redis.call('HGET', 'miroir:limits', 'version') or '1')
if tonumber(ARGV[2]) ~= version then return {0, version} end
redis.call('HSET', 'miroir:limits', 'version', version + 1, 'json', ARGV[1])
return {1, version + 1}
