-- uids. Answers how many finished ones went
local gone = 0
for _, uid in ipairs(ARGV) do
  local key = 'miroir:tasks:' .. uid
  local status = redis.call('HGET', key, 'status')
  if status and tonumber(status) >= 2 then
    redis.call('DEL', key)
    redis.call('ZREM', 'miroir:tasks:_index', uid)
    gone = gone + 1
  end
end
return gone
