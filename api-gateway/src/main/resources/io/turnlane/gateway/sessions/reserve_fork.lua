-- Keeps the place of a session that a fork is to make; whoever asks it meanwhile is told to wait. The fork's record stands
-- beside it from the start, and says of what it is: whoever asks for the same again, because the answer was lost or its
-- gateway died, gets the fork that has the place, and brings that to the log.
-- KEYS 1 context, 2 the session's requests
-- ARGV 1 the fork's request id, 2 now, 3 session id, 4 user id or '', 5 agent, 6 ttl, 7 how long a record lives (ms),
--      8 what request keys start with, 9 of what it is: source session and turn
-- Returns {request id, created_at} of the fork that has the place; {} where that is another, or there is such a session
local fork = redis.call('HGET', KEYS[1], 'fork')
if fork then
  local was = redis.call('HMGET', ARGV[8] .. fork, 'fork_of', 'created_at', 'status')
  if was[1] == ARGV[9] and was[3] == 'queued' then
    return {fork, was[2]}
  end
  return {}
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {}
end
redis.call('HSET', KEYS[1], 'fork', ARGV[1], 'session_id', ARGV[3], 'user_id', ARGV[4], 'agent', ARGV[5],
  'created_at', ARGV[2], 'last_activity', ARGV[2], 'processing_stage', 'forking', 'request_count', 0,
  'total_processing_time', 0, 'metadata', '{}', 'ttl', ARGV[6], 'listed_at', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('HSET', ARGV[8] .. ARGV[1], 'type', 'fork_session', 'status', 'queued', 'question', '', 'agent', '',
  'created_at', ARGV[2], 'attempt', 0, 'phases', '{"RECEIVED":' .. ARGV[2] .. '}', 'fork_of', ARGV[9])
redis.call('PEXPIRE', ARGV[8] .. ARGV[1], ARGV[7])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
return {ARGV[1], ARGV[2]}
