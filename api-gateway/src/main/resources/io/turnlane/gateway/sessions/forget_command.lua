-- Removes a command that Kafka rejected: its record, and the reserved session if it is a fork.
-- KEYS 1 request record, 2 requests of the session, 3 context  ARGV 1 request id
if redis.call('HGET', KEYS[1], 'status') == 'queued' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
end
if redis.call('HGET', KEYS[3], 'fork') == ARGV[1] then
  redis.call('DEL', KEYS[3])
end
return 1
