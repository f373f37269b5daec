-- table, key. Answers 1 if there was one
redis.call('SREM', 'miroir:' .. ARGV[1] .. ':_index', ARGV[2])
return redis.call('DEL', 'miroir:' .. ARGV[1] .. ':' .. ARGV[2])
