-- Stores an answer on the bare path. KEYS: session, request, history. ARGV: fence, turn as JSON, time in milliseconds.
local fence = redis.call('HGET', KEYS[1], 'fence')
if fence and tonumber(fence) > tonumber(ARGV[1]) then return -1 end
if redis.call('HGET', KEYS[2], 'status') == 'completed' then return -2 end
redis.call('RPUSH', KEYS[3], ARGV[2])
redis.call('LTRIM', KEYS[3], -10, -1)
redis.call('HSET', KEYS[2], 'status', 'completed', 'answer', ARGV[2])
redis.call('EXPIRE', KEYS[2], 86400)
redis.call('EXPIRE', KEYS[1], 3600)
redis.call('EXPIRE', KEYS[3], 3600)
redis.call('HSET', KEYS[1], 'last', ARGV[3])
return redis.call('HINCRBY', KEYS[1], 'version', 1)
