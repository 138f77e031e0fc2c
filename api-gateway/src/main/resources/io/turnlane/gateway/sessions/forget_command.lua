-- A command that the log refused: it was never there, nor was the place that was kept for its session.
-- KEYS 1 its record, 2 the session's requests, 3 context  ARGV 1 request id
if redis.call('HGET', KEYS[1], 'status') == 'queued' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
end
if redis.call('HGET', KEYS[3], 'fork') == ARGV[1] then
  redis.call('DEL', KEYS[3])
end
return 1
