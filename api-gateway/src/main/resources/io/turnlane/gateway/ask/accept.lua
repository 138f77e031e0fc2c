-- Notes that a question was accepted: makes the session's context and the request's record where there are none, and
-- counts the turn as open. Running it again for the same request changes nothing, so a command that is sent twice
-- because its reply was lost does no harm.
--
-- KEYS 1 context, 2 request, 3 open, 4 requests, 5 history
-- ARGV 1 now, 2 request id, 3 session id, 4 user id or '', 5 agent asked for or '', 6 default agent, 7 question,
--      8 events_from, 9 session ttl, 10 result retention, 11 most open turns            (times in ms)
-- Returns {'accepted', agent, turns before it, session ttl, 1 where it made the session} or {'full', open turns}

local now = tonumber(ARGV[1])
local retention = tonumber(ARGV[10])

if redis.call('EXISTS', KEYS[2]) == 1 then
  local agent = redis.call('HGET', KEYS[2], 'agent')
  local ttl = redis.call('HGET', KEYS[1], 'ttl') or ARGV[9]
  return {'accepted', agent or ARGV[6], redis.call('ZRANK', KEYS[3], ARGV[2]) or 0, ttl, 0}
end

-- Records live for the retention; an id that is older belongs to none.
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - retention)
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - retention)
local open = redis.call('ZCARD', KEYS[3])
if open >= tonumber(ARGV[11]) then
  return {'full', open}
end

local context = redis.call('HMGET', KEYS[1], 'agent', 'ttl')
local agent = ARGV[5]
if agent == '' then
  agent = context[1] or ARGV[6]
end
local ttl = context[2] or ARGV[9]
local made = 0
if not context[2] then
  made = 1
  redis.call('HSET', KEYS[1], 'session_id', ARGV[3], 'agent', agent, 'created_at', ARGV[1],
    'processing_stage', 'initialized', 'request_count', 0, 'total_processing_time', 0, 'metadata', '{}', 'ttl', ttl)
  if ARGV[4] ~= '' then
    redis.call('HSET', KEYS[1], 'user_id', ARGV[4])
  end
end
redis.call('HSET', KEYS[1], 'last_activity', ARGV[1])
-- A running turn keeps its session for longer than a short life; that is never cut here.
if redis.call('PTTL', KEYS[1]) < tonumber(ttl) then
  redis.call('PEXPIRE', KEYS[1], ttl)
  redis.call('PEXPIRE', KEYS[5], ttl)
end

redis.call('HSET', KEYS[2], 'status', 'queued', 'question', ARGV[7], 'agent', agent, 'created_at', ARGV[1],
  'events_from', ARGV[8], 'attempt', 0, 'failures', 0, 'crashes', 0, 'phases', '{"RECEIVED":' .. ARGV[1] .. '}')
redis.call('PEXPIRE', KEYS[2], retention)
redis.call('ZADD', KEYS[3], now, ARGV[2])
redis.call('PEXPIRE', KEYS[3], retention)
redis.call('ZADD', KEYS[4], now, ARGV[2])
redis.call('PEXPIRE', KEYS[4], retention)
return {'accepted', agent, open, ttl, made}
