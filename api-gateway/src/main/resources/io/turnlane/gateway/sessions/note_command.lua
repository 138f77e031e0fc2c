-- A command that changes a session and asks nothing is about to be logged: its record says so, until its lane says more.
-- KEYS 1 its record, 2 the session's requests  ARGV 1 request id, 2 type, 3 now, 4 how long the record lives (ms)
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'type', ARGV[2], 'status', 'queued', 'question', '', 'agent', '', 'created_at', ARGV[3],
    'attempt', 0, 'phases', '{"RECEIVED":' .. ARGV[3] .. '}')
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
return 1
