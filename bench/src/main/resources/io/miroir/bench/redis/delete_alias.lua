-- name. Answers 1 if there was one
redis.call('SREM', 'miroir:aliases:_index', ARGV[1])
return redis.call('DEL', 'miroir:aliases:' .. ARGV[1])
