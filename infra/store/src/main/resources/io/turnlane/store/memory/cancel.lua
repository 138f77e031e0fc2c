-- Ends a turn as cancelled. A turn whose attempt had begun stays in history, with its question and without an answer,
-- unless a rollback cancelled it. Idempotent by request id.
local fence, flight, request_id, takes_over, turn, phases = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local next_version, most_turns, most_bytes, record_ttl, usage =
  ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], ARGV[11]

local record = read(req, 'status', 'flight', 'attempt', 'fence', 'cancel_reason', 'cancel_by', 'cancel_trace')
if record.status and ended[record.status] then
  return ending(req)
end
local session = read_session()
-- With takes_over, the call also cancels a turn that another flight has begun. Otherwise a flight can only end its own
-- attempt.
if not record.status or (takes_over ~= '1' and (not record.flight or not session.ttl or memory_lost(session))) then
  return {'GONE'}
end
if fenced(fence, session, read_tombstone(), record) or (takes_over ~= '1' and record.flight ~= flight) then
  pardon(flight)
  return {'FENCED'}
end

spend(usage, flight)
if session.ttl then
  if tonumber(record.attempt or 0) > 0 and record.cancel_trace ~= 'none' then
    local _, bytes = remember(session, turn, most_turns, most_bytes)
    redis.call('HSET', ctx, 'hist_bytes', bytes, 'version', next_version)
  end
  redis.call('HSET', ctx, 'last_activity', now_ms(), 'processing_stage', 'cancelled', 'current_question', '')
  redis.call('ZREM', open, request_id)
  live_on(session.ttl, record_ttl)
end
redis.call('HSET', req, 'phases', phases)
redis.call('HDEL', req, 'error', 'leaving_until')
return dismiss(req, request_id, 'cancelled', record.cancel_reason or 'requested', record.cancel_by or '', record_ttl)
