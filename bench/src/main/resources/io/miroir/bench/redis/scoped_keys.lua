-- What is done, then as each part says: miroir:search_ui_scoped_key:<index> hashes and their _index,
-- miroir:search_ui_scoped_key_observed:<pod>:<index> with the generation that the pod uses
local op = ARGV[1]

-- pod, milliseconds, then index and generation. Answers how many were noted
if op == 'sighted' then
  for i = 4, #ARGV, 2 do
    redis.call('SET', 'miroir:search_ui_scoped_key_observed:' .. ARGV[2] .. ':' .. ARGV[i], ARGV[i + 1],
        'PX', ARGV[3])
  end
  return (#ARGV - 3) / 2
end

local key = 'miroir:search_ui_scoped_key:' .. ARGV[2]
local old = redis.call('HMGET', key, 'generation', 'primary_uid', 'previous_uid')
local generation = tonumber(old[1] or '0')

-- index, new key, expected generation. Answers {1, generation}, {0, found generation} or {2}
if op == 'rotate' then
  if tonumber(ARGV[4]) ~= generation then return {0, generation} end
  if old[3] then return {2} end
  local time = redis.call('TIME')
  redis.call('HSET', key, 'primary_uid', ARGV[3], 'generation', generation + 1,
      'rotated_at', time[1] * 1000000 + time[2])
  if old[2] then redis.call('HSET', key, 'previous_uid', old[2]) end
  redis.call('SADD', 'miroir:search_ui_scoped_key:_index', ARGV[2])
  return {1, generation + 1}
end

-- index, generation. Answers 1 if that was news
if tonumber(ARGV[3]) ~= generation then return 0 end
return redis.call('HDEL', key, 'previous_uid')
