-- Creates the request record of a command that changes a session, before the command is published.
-- KEYS 1 request record, 2 requests of the session  ARGV 1 request id, 2 type, 3 now, 4 ttl of the record (ms)
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'type', ARGV[2], 'status', 'queued', 'question', '', 'agent', '', 'created_at', ARGV[3],
    'attempt', 0, 'phases', '{"RECEIVED":' .. ARGV[3] .. '}')
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
return 1
