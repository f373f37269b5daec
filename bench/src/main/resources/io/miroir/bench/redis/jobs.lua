-- What is done, then as each part says. All parts know the jobs by
-- miroir:jobs:<id> hashes, miroir:jobs:_index, miroir:jobs:enqueued by when they are ready,
-- miroir:jobs:claimed by when the claim is over, miroir:jobs:_depth by state
local op = ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function move(key, from, to)
  if from then redis.call('HINCRBY', 'miroir:jobs:_depth', from, -1) end
  if to then
    redis.call('HINCRBY', 'miroir:jobs:_depth', to, 1)
    redis.call('HSET', key, 'state', to)
  end
end

local function insert(at)
  local id = ARGV[at]
  if redis.call('SADD', 'miroir:jobs:_index', id) == 0 then return 0 end
  local key = 'miroir:jobs:' .. id
  local ready = now + tonumber(ARGV[at + 5])
  redis.call('HSET', key, 'type', ARGV[at + 1], 'partition', ARGV[at + 2], 'params_json', ARGV[at + 3],
      'attempts_max', ARGV[at + 4], 'delay', ARGV[at + 5], 'backoff', ARGV[at + 6], 'attempts', 0,
      'progress_json', '{}', 'enqueued_at', now, 'ready_at', ready)
  redis.call('ZADD', 'miroir:jobs:enqueued', ready, id)
  move(key, nil, 0)
  return 1
end

local function forget(id)
  local key = 'miroir:jobs:' .. id
  local state = redis.call('HGET', key, 'state')
  if not state then return 0 end
  move(key, state, nil)
  redis.call('ZREM', 'miroir:jobs:enqueued', id)
  redis.call('ZREM', 'miroir:jobs:claimed', id)
  redis.call('SREM', 'miroir:jobs:_index', id)
  return redis.call('DEL', key)
end

local function fits(at, max)
  local fresh = 0
  for i = at, #ARGV, 7 do
    fresh = fresh + 1 - redis.call('SISMEMBER', 'miroir:jobs:_index', ARGV[i])
  end
  return fresh == 0 or redis.call('SCARD', 'miroir:jobs:_index') + fresh <= max
end

local function end_attempt(id, err, retry)
  local key = 'miroir:jobs:' .. id
  local job = redis.call('HMGET', key, 'attempts', 'attempts_max', 'backoff')
  redis.call('ZREM', 'miroir:jobs:claimed', id)
  redis.call('HDEL', key, 'claim_expires_at')
  redis.call('HSET', key, 'error_json', err)
  if not retry or tonumber(job[1]) >= tonumber(job[2]) then
    redis.call('HSET', key, 'ended_at', now)
    move(key, 1, 3)
    return nil
  end
  local ready = now + math.min(tonumber(job[3]) * 2 ^ (tonumber(job[1]) - 1), 3600000000)
  redis.call('HSET', key, 'ready_at', ready)
  redis.call('ZADD', 'miroir:jobs:enqueued', ready, id)
  move(key, 1, 0)
  return ready
end

local function held(id, number)
  local claim = redis.call('HMGET', 'miroir:jobs:' .. id, 'state', 'claim', 'claim_expires_at')
  return claim[1] == '1' and claim[2] == number and claim[3] and tonumber(claim[3]) > now
end

-- jobs at most, then seven words a job. Answers how many are new, -1 for no room
if op == 'enqueue' then
  if not fits(3, tonumber(ARGV[2])) then return -1 end
  local added = 0
  for i = 3, #ARGV, 7 do added = added + insert(i) end
  return added
end

-- pod, microseconds, partition wanted (1 or 0), partition, types. Answers the id or nil
if op == 'claim' then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', 'miroir:jobs:claimed', '-inf', now, 'LIMIT', 0, 100)) do
    end_attempt(id, '{"code":"claim_ran_out"}', true)
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', 'miroir:jobs:enqueued', '-inf', now)) do
    local key = 'miroir:jobs:' .. id
    local job = redis.call('HMGET', key, 'type', 'partition')
    local fits_type = false
    for i = 6, #ARGV do fits_type = fits_type or ARGV[i] == job[1] end
    if fits_type and (ARGV[4] == '0' or ARGV[5] == job[2]) then
      local until_ = now + tonumber(ARGV[3])
      redis.call('HINCRBY', key, 'attempts', 1)
      redis.call('HSET', key, 'claimed_by', ARGV[2], 'claim', redis.call('INCR', 'miroir:jobs:_claims'),
          'claim_expires_at', until_)
      redis.call('ZREM', 'miroir:jobs:enqueued', id)
      redis.call('ZADD', 'miroir:jobs:claimed', until_, id)
      move(key, 0, 1)
      return id
    end
  end
  return nil
end

-- id, claim, microseconds, whether there is progress (1 or 0), progress. Answers until when, -1 for lost
if op == 'beat' then
  if not held(ARGV[2], ARGV[3]) then return -1 end
  local until_ = now + tonumber(ARGV[4])
  redis.call('HSET', 'miroir:jobs:' .. ARGV[2], 'claim_expires_at', until_)
  redis.call('ZADD', 'miroir:jobs:claimed', until_, ARGV[2])
  if ARGV[5] == '1' then redis.call('HSET', 'miroir:jobs:' .. ARGV[2], 'progress_json', ARGV[6]) end
  return until_
end

-- id, claim, progress, jobs at most, then what follows. Answers 1, -1 for lost, -2 for no room
if op == 'complete' then
  if not held(ARGV[2], ARGV[3]) then return -1 end
  if not fits(6, tonumber(ARGV[5])) then return -2 end
  local key = 'miroir:jobs:' .. ARGV[2]
  redis.call('ZREM', 'miroir:jobs:claimed', ARGV[2])
  redis.call('HDEL', key, 'claim_expires_at')
  redis.call('HSET', key, 'progress_json', ARGV[4], 'ended_at', now)
  move(key, 1, 2)
  for i = 6, #ARGV, 7 do insert(i) end
  return 1
end

-- id, claim, error, whether it is worth another attempt (1 or 0). Answers when, 0 for failed, -1 for lost
if op == 'fail' then
  if not held(ARGV[2], ARGV[3]) then return -1 end
  return end_attempt(ARGV[2], ARGV[4], ARGV[5] == '1') or 0
end

-- claim, progress, then seven words of a job. Answers 1 if the one of its id has ended under that claim
if op == 'replace' then
  local key = 'miroir:jobs:' .. ARGV[4]
  local before = redis.call('HMGET', key, 'state', 'claim')
  if before[2] ~= ARGV[2] or (before[1] ~= '2' and before[1] ~= '3') then return 0 end
  forget(ARGV[4])
  insert(4)
  redis.call('HSET', key, 'progress_json', ARGV[3])
  return 1
end

-- id. Answers 1 if there was one
return forget(ARGV[2])
