-- Starts a turn on the bare path. KEYS: session, request, history. ARGV: fence, version of the cached history.
local fence = redis.call('HGET', KEYS[1], 'fence')
if fence and tonumber(fence) > tonumber(ARGV[1]) then return {'FENCED'} end
if redis.call('HGET', KEYS[2], 'status') == 'completed' then return {'DONE', redis.call('HGET', KEYS[2], 'answer')} end
redis.call('HSET', KEYS[1], 'fence', ARGV[1])
redis.call('HINCRBY', KEYS[2], 'attempt', 1)
redis.call('HSET', KEYS[2], 'status', 'running')
local version = redis.call('HGET', KEYS[1], 'version')
if version == ARGV[2] then return {'RUN'} end
return {'RUN', tostring(version), redis.call('LRANGE', KEYS[3], 0, -1)}
