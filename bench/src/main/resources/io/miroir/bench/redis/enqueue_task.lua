-- tasks at most, key or '', its body's hash, its microseconds, keys at most, session or '', its
-- microseconds, sessions at most, type, status, details, then further fields and values.
-- Answers {1, uid, time}; {2, uid} for a known key; {3} for one with another body; {4, tasks or keys at most}
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local key = 'miroir:idempotency_cache:' .. ARGV[2]
if ARGV[2] ~= '' then
  local known = redis.call('HMGET', key, 'body_sha256', 'task_uid', 'expires_at')
  if known[1] and tonumber(known[3]) > now then
    if known[1] ~= ARGV[3] then return {3} end
    return {2, tonumber(known[2])}
  end
  redis.call('ZREMRANGEBYSCORE', 'miroir:idempotency_cache:_index', '-inf', now)
  if redis.call('ZCARD', 'miroir:idempotency_cache:_index') >= tonumber(ARGV[5]) then
    return {4, tonumber(ARGV[5])}
  end
end
if redis.call('ZCARD', 'miroir:tasks:_index') >= tonumber(ARGV[1]) then
  -- No index by end: the first finished one of the oldest few.
  local gone = false
  for _, old in ipairs(redis.call('ZRANGE', 'miroir:tasks:_index', 0, 15)) do
    if tonumber(redis.call('HGET', 'miroir:tasks:' .. old, 'status') or '2') >= 2 then
      redis.call('DEL', 'miroir:tasks:' .. old)
      redis.call('ZREM', 'miroir:tasks:_index', old)
      gone = true
      break
    end
  end
  if not gone then return {4, tonumber(ARGV[1])} end
end
local uid = redis.call('INCR', 'miroir:tasks:_last') - 1
redis.call('HSET', 'miroir:tasks:' .. uid, 'type', ARGV[9], 'status', ARGV[10], 'details_json', ARGV[11],
    'enqueued_at', now, unpack(ARGV, 12))
if tonumber(ARGV[10]) >= 2 then
  redis.call('HSET', 'miroir:tasks:' .. uid, 'started_at', now, 'finished_at', now, 'batch_uid', uid)
end
redis.call('ZADD', 'miroir:tasks:_index', uid, uid)
if ARGV[2] ~= '' then
  local ends = now + tonumber(ARGV[4])
  redis.call('HSET', key, 'body_sha256', ARGV[3], 'task_uid', uid, 'expires_at', ends)
  redis.call('PEXPIREAT', key, math.ceil(ends / 1000))
  redis.call('ZADD', 'miroir:idempotency_cache:_index', ends, ARGV[2])
end
if ARGV[6] ~= '' then
  local ends = now + tonumber(ARGV[7])
  local session = 'miroir:sessions:' .. ARGV[6]
  redis.call('HSET', session, 'last_write_task_uid', uid, 'last_write_at', now, 'expires_at', ends)
  redis.call('PEXPIREAT', session, math.ceil(ends / 1000))
  redis.call('ZADD', 'miroir:sessions:_index', ends, ARGV[6])
  while redis.call('ZCARD', 'miroir:sessions:_index') > tonumber(ARGV[8]) do
    redis.call('DEL', 'miroir:sessions:' .. redis.call('ZPOPMIN', 'miroir:sessions:_index')[1])
  end
end
return {1, uid, now}
