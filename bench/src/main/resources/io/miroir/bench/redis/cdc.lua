-- What is done, then as each part says. miroir:cdc_cursors:<sink>:<index> hashes and their _index,
-- miroir:cdc:overflow:<sink> with a segment a field, miroir:cdc:sinks:<sink> with the account
local op, sink, index = ARGV[1], ARGV[2], ARGV[3]
local segments, account = 'miroir:cdc:overflow:' .. sink, 'miroir:cdc:sinks:' .. sink
local id = sink .. ':' .. (index or '')
local cursor = 'miroir:cdc_cursors:' .. id
local at = tonumber(redis.call('HGET', cursor, 'last_event_seq') or '0')
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- expected or '', where to. Answers {1, where} or {0, where it is}
if op == 'move' then
  local to = tonumber(ARGV[5])
  if ARGV[4] ~= '' and (tonumber(ARGV[4]) ~= at or to < at) then return {0, at} end
  redis.call('HSET', cursor, 'last_event_seq', to, 'updated_at', now)
  redis.call('SADD', 'miroir:cdc_cursors:_index', id)
  local all = redis.call('HGETALL', segments)
  for i = 1, #all, 2 do
    local segment = cjson.decode(all[i + 1])
    if segment.indexUid == index and segment.lastSeq <= to then
      redis.call('HDEL', segments, all[i])
      redis.call('HINCRBY', account, 'bytes', -segment.bytes)
    end
  end
  return {1, to}
end

-- first, last, bytes, bytes at most, the segment. Answers what waits, -1 for delivered, -2 for full
if op == 'add' then
  if tonumber(ARGV[5]) <= at then return -1 end
  local waiting = tonumber(redis.call('HGET', account, 'bytes') or '0')
  local field = index .. ':' .. ARGV[4]
  if redis.call('HEXISTS', segments, field) == 1 then return waiting end
  if waiting + tonumber(ARGV[6]) > tonumber(ARGV[7]) then return -2 end
  redis.call('HSET', segments, field, ARGV[8])
  return redis.call('HINCRBY', account, 'bytes', ARGV[6])
end

-- first. Answers 1 if there was one
if op == 'lose' then
  local field = index .. ':' .. ARGV[4]
  local text = redis.call('HGET', segments, field)
  if not text then return 0 end
  local segment = cjson.decode(text)
  redis.call('HDEL', segments, field)
  redis.call('HINCRBY', account, 'bytes', -segment.bytes)
  redis.call('HINCRBY', account, 'lost_events', segment.lastSeq - segment.firstSeq + 1)
  redis.call('HINCRBY', account, 'lost_bytes', segment.bytes)
  return 1
end

-- Answers how many cursors there were
local gone = 0
for _, other in ipairs(redis.call('SMEMBERS', 'miroir:cdc_cursors:_index')) do
  if string.sub(other, 1, #sink + 1) == sink .. ':' then
    redis.call('DEL', 'miroir:cdc_cursors:' .. other)
    redis.call('SREM', 'miroir:cdc_cursors:_index', other)
    gone = gone + 1
  end
end
redis.call('DEL', segments, account)
return gone
