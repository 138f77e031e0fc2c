-- Ends a turn as cancelled. A turn whose attempt had begun stays in history, with its question and without an answer,
-- unless a rollback cancelled it. Idempotent by request id.
local fence, flight, request_id, takes_over, turn, phases = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local next_version, most_turns, most_bytes, record_ttl = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]

local was = redis.call('HMGET', req, 'status', 'flight', 'attempt', 'cancel_reason', 'cancel_by', 'cancel_trace')
if was[1] and ended[was[1]] then
  return ending(req)
end
local session_lives = redis.call('EXISTS', ctx) == 1
-- With takes_over, the call also cancels a turn that another flight has begun. Otherwise a flight can only end its own
-- attempt.
if not was[1] or (takes_over ~= '1' and (not was[2] or not session_lives or memory_lost(ctx, hist))) then
  return {'GONE'}
end
if fenced(fence, {ctx, tomb, req}) or (takes_over ~= '1' and was[2] ~= flight) then
  pardon(req, flight)
  return {'FENCED'}
end

if session_lives then
  if tonumber(was[3] or 0) > 0 and was[6] ~= 'none' then
    remember(ctx, hist, turn, most_turns, most_bytes, next_version)
  end
  redis.call('HSET', ctx, 'last_activity', now_ms(), 'processing_stage', 'cancelled')
  redis.call('HDEL', ctx, 'current_question')
  redis.call('ZREM', open, request_id)
  live_on(ctx, hist, open, record_ttl)
end
redis.call('HSET', req, 'phases', phases)
redis.call('HDEL', req, 'error', 'leaving_until')
return dismiss(req, open, request_id, 'cancelled', was[4] or 'requested', was[5] or '', record_ttl)
