-- Stores that a flight ended without an answer. The turn then waits for another attempt, or has failed permanently.
-- In both cases the turn is not added to history.
local fence, flight, request_id, final, error, phases, record_ttl, usage =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]

local record = read(req, 'status', 'flight', 'cancel_requested')
if (record.status == 'failed' or record.status == 'retrying') and record.flight == flight then
  return {'STORED'}
end
local session = read_session()
local refusal = not_to_settle(session, record, fence, flight)
if refusal then
  return refusal
end

spend(usage, flight)
redis.call('HINCRBY', req, 'failures', 1)
redis.call('HSET', req, 'phases', phases)
redis.call('HSET', ctx, 'last_activity', now_ms())
if final == '1' then
  give_up(session, request_id, error, record_ttl)
else
  redis.call('HSET', req, 'status', 'retrying', 'stage', 'retrying', 'error', error)
  redis.call('HDEL', req, 'leaving_until')
  redis.call('PEXPIRE', req, record_ttl)
  redis.call('HSET', ctx, 'processing_stage', 'retrying')
end
return {'STORED'}
