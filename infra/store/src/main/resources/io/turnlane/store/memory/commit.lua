-- Stores a flight's answer in history, request record and context, all in one step. If the call is repeated for the
-- same flight, it only replies that the answer is stored.
-- The journey of a turn continues in TurnStreams, with which AskRunner publishes the answer.
local fence, flight, request_id, turn, answer = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local phases, processing_ms, next_version = ARGV[6], ARGV[7], ARGV[8]
local most_turns, most_bytes, record_ttl = tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11]
local states, usage = ARGV[12], ARGV[13] -- states: of the session's agents; '' if the turn has not changed them

local record = read(req, 'status', 'flight', 'cancel_requested', 'told', 'error', 'leaving_until', 'begun_at',
  'started_at', 'absorbs')
local session = read(ctx, 'fence', 'version', 'ttl', 'hist_bytes', 'memory', 'request_count', 'total_processing_time')
if record.status == 'completed' and record.flight == flight then
  return {'STORED', session.version or '', redis.call('LLEN', hist), '-', 0, ''} -- '-': no version
end
local refusal = not_to_settle(session, record, fence, flight)
if refusal then
  return refusal
end

spend(usage, flight)
local now = now_ms()
local turns, bytes = remember(session, turn, most_turns, most_bytes)
redis.call('HSET', ctx, 'last_activity', now, 'processing_stage', 'completed', 'current_question', '',
  'hist_bytes', bytes, 'version', next_version, 'request_count', (session.request_count or 0) + 1,
  'total_processing_time', string.format('%d', (session.total_processing_time or 0) + processing_ms))
if states ~= '' then
  redis.call('HSET', ctx, 'states', states, 'states_by', req)
end
if record.told and record.told == session.memory then
  redis.call('HDEL', ctx, 'memory') -- the client knows of the loss
end
redis.call('HSET', req, 'status', 'completed', 'stage', 'completed', 'answer', answer, 'finished_at', now, 'phases', phases)
if record.error or record.leaving_until then
  redis.call('HDEL', req, 'error', 'leaving_until')
end
redis.call('ZREM', open, request_id)
local ttl = live_on(session.ttl, record_ttl)
redis.call('PEXPIRE', req, record_ttl)
redis.call('PEXPIRE', reqs, record_ttl)
-- The terminal event carries these times. It lacks the list of merged requests, which clients then read in the record.
local times = not record.absorbs and record.begun_at and record.started_at
  and record.begun_at .. ' ' .. record.started_at .. ' ' .. now or ''
return {'STORED', next_version, turns, session.version or '', ttl, times}
