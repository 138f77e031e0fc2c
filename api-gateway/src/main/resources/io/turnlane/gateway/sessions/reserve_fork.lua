-- Keeps the place of a session that a fork is to make; whoever asks it meanwhile is told to wait.
-- KEYS 1 context  ARGV 1 the fork's request id, 2 now, 3 session id, 4 user id or '', 5 agent, 6 ttl, 7 how long (ms)
-- Returns 1 where the place is the fork's
local fork = redis.call('HGET', KEYS[1], 'fork')
if fork then
  return fork == ARGV[1] and 1 or 0
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'fork', ARGV[1], 'session_id', ARGV[3], 'user_id', ARGV[4], 'agent', ARGV[5],
  'created_at', ARGV[2], 'last_activity', ARGV[2], 'processing_stage', 'forking', 'request_count', 0,
  'total_processing_time', 0, 'metadata', '{}', 'ttl', ARGV[6], 'listed_at', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
return 1
