-- Reserves a session that a fork creates. Questions to the session are rejected until the fork is done. The fork's
-- record is created in the same step and names the forked turn. If a client repeats the call after a lost response or a
-- crash of the gateway, it gets the fork that holds the reservation, and the gateway publishes that fork again.
-- KEYS 1 context, 2 requests of the session
-- ARGV 1 request id of the fork, 2 now, 3 session id, 4 user id or '', 5 agent, 6 session ttl, 7 ttl of a record
--      (times in ms), 8 prefix of request keys, 9 forked turn: source session and request id
-- Returns {request id, created_at} of the fork that holds the reservation; {} if the reservation belongs to a fork of
-- another turn, if its fork has ended, or if the session exists
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
