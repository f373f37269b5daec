-- table, key. Answers 1 if there was one. A canary takes its runs with it
redis.call('SREM', 'miroir:' .. ARGV[1] .. ':_index', ARGV[2])
if ARGV[1] == 'canaries' then redis.call('DEL', 'miroir:canary_runs:' .. ARGV[2]) end
return redis.call('DEL', 'miroir:' .. ARGV[1] .. ':' .. ARGV[2])
