-- Ends a failed fork: removes the context of the session that the fork reserved, and stores the error for clients that
-- poll.
-- KEYS 1 context, 2 request, 3 history  ARGV 1 request id, 2 error, 3 lifetime of the request record
if redis.call('HGET', KEYS[1], 'fork') == ARGV[1] then
  redis.call('DEL', KEYS[1], KEYS[3], life_key(KEYS[1]))
end
local status = redis.call('HGET', KEYS[2], 'status')
if status and not ended[status] then
  redis.call('HSET', KEYS[2], 'status', 'failed', 'stage', 'failed', 'error', ARGV[2], 'finished_at', now_ms())
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return {'DONE', 'failed'}
