-- Creates a session's context if it does not exist.
--
-- KEYS 1 context, 2 time until which the session cannot expire
-- ARGV 1 now, 2 session id, 3 user id or '', 4 agent, 5 metadata as JSON, 6 ttl            (times in ms)
-- Returns 1 if the context was created, otherwise 0

if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'session_id', ARGV[2], 'agent', ARGV[4], 'created_at', ARGV[1], 'last_activity', ARGV[1],
  'processing_stage', 'initialized', 'request_count', 0, 'total_processing_time', 0, 'metadata', ARGV[5], 'ttl', ARGV[6])
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'user_id', ARGV[3])
end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
local time = redis.call('TIME')
redis.call('SET', KEYS[2],
  string.format('%d 0', time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[6])), 'PX', ARGV[6] + 86400000)
return 1
