-- name, kind, targets (JSON), expected version or -1, entries of history kept.
-- Answers {1, new version} or {0, found version}
local key = 'miroir:aliases:' .. ARGV[1]
local old = redis.call('HMGET', key, 'version', 'kind', 'targets', 'created_at', 'history')
local version = tonumber(old[1] or '0')
if ARGV[4] ~= '-1' and tonumber(ARGV[4]) ~= version then return {0, version} end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local history = '[]'
if old[1] then
  local past = cjson.decode(old[5])
  table.insert(past, 1, {kind = tonumber(old[2]), targets = old[3], version = version, replaced_at = string.format('%.0f', now)})
  past[tonumber(ARGV[5]) + 1] = nil
  history = cjson.encode(past)
end
redis.call('HSET', key, 'kind', ARGV[2], 'targets', ARGV[3], 'version', version + 1,
    'created_at', old[4] or now, 'history', history)
redis.call('SADD', 'miroir:aliases:_index', ARGV[1])
return {1, version + 1}
