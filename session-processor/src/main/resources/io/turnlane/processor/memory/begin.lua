-- A flight of a turn begins: refused if the session was erased after it, if a newer owner has been here, or if the turn
-- has ended; else counted, and memory handed out where the caller's copy is not current.
-- The same flight again gets the same reply and counts nothing, so a re-sent script is harmless.
local ctx, hist, req, reqs, open, tomb = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local fence, flight, request_id, partition, offset = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local cached_version, session_id, user_id, agent, question = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local created_at, session_ttl, record_ttl, most_crashes = ARGV[11], ARGV[12], ARGV[13], tonumber(ARGV[14])
local too_old, phases, processor, poison = ARGV[15], ARGV[16], ARGV[17], ARGV[18]
local expired = ARGV[19]

local time = redis.call('TIME')
local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local ended = {completed = true, failed = true, cancelled = true, superseded = true, rejected = true}

-- Offsets start anew with a topic that was made anew: what was logged long after the deletion isn't older than it.
local grave = redis.call('HMGET', tomb, 'partition', 'offset', 'fence', 'at')
if grave[1] == partition and tonumber(offset) <= tonumber(grave[2])
  and tonumber(ARGV[21]) <= tonumber(grave[4]) + 3600000 then
  return {'ERASED'}
end
local owner = tonumber(redis.call('HGET', ctx, 'fence') or 0)
if owner < tonumber(grave[3] or 0) then
  owner = tonumber(grave[3])
end
local was = redis.call('HMGET', req, 'status', 'attempt', 'failures', 'crashes', 'flight', 'answer', 'error', 'fence')
-- A context may expire under a turn that takes longer; the request's own fence stays.
if owner < tonumber(was[8] or 0) then
  owner = tonumber(was[8])
end
if owner > tonumber(fence) then
  return {'FENCED'}
end

local status, attempt, failures, crashes =
  was[1], tonumber(was[2] or 0), tonumber(was[3] or 0), tonumber(was[4] or 0)
if status and ended[status] then
  return {'ENDED', status, attempt, was[6] or '', was[7] or ''}
end

local function finish(error)
  redis.call('HSET', req, 'status', 'failed', 'error', error, 'finished_at', now, 'crashes', crashes,
    'question', question, 'agent', agent, 'created_at', created_at, 'attempt', attempt)
  redis.call('PEXPIRE', req, record_ttl)
  redis.call('ZADD', reqs, 'NX', created_at, request_id)
  redis.call('ZREM', open, request_id)
  if redis.call('EXISTS', ctx) == 1 then
    redis.call('HSET', ctx, 'processing_stage', 'failed')
    redis.call('HDEL', ctx, 'current_question')
  end
  return {'ENDED', 'failed', attempt, '', error}
end

local again = was[5] == flight and status == 'running'
if not again then
  if not status and too_old == '1' then
    return finish(expired)
  end
  if status == 'running' then
    crashes = crashes + 1
  end
  if crashes >= most_crashes then
    return finish(poison)
  end
  attempt = attempt + 1
end

if redis.call('EXISTS', ctx) == 0 then
  redis.call('HSET', ctx, 'session_id', session_id, 'user_id', user_id, 'agent', agent, 'created_at', created_at,
    'request_count', 0, 'total_processing_time', 0, 'version', '', 'metadata', '{}', 'ttl', session_ttl, 'hist_bytes', 0)
  redis.call('DEL', hist)
end
redis.call('HSET', ctx, 'fence', fence, 'current_question', question, 'processing_stage', 'running', 'last_activity', now)
-- While a turn runs, its session stays, however short its life is otherwise: its end sets that again.
local ttl = tonumber(redis.call('HGET', ctx, 'ttl') or session_ttl)
if ttl < tonumber(ARGV[20]) then
  ttl = tonumber(ARGV[20])
end
redis.call('PEXPIRE', ctx, ttl)
redis.call('PEXPIRE', hist, ttl)

redis.call('HSET', req, 'status', 'running', 'attempt', attempt, 'failures', failures, 'crashes', crashes,
  'flight', flight, 'fence', fence, 'stage', 'running', 'started_at', now, 'phases', phases,
  'processor', processor, 'partition', partition, 'offset', offset,
  'question', question, 'agent', agent, 'created_at', created_at)
redis.call('PEXPIRE', req, record_ttl)
for _, index in ipairs({reqs, open}) do
  redis.call('ZADD', index, 'NX', created_at, request_id)
  redis.call('PEXPIRE', index, record_ttl)
end

local version = redis.call('HGET', ctx, 'version') or ''
if version ~= '' and version == cached_version then
  return {'RUN', attempt, failures, version, 1, {}}
end
return {'RUN', attempt, failures, version, 0, redis.call('LRANGE', hist, 0, -1)}
