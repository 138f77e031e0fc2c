-- Stores a flight's answer in history, request record and context, all in one step. If the call is repeated for the
-- same flight, it only replies that the answer is stored.
local fence, flight, request_id, turn, answer = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local phases, processing_ms, next_version = ARGV[6], ARGV[7], ARGV[8]
local most_turns, most_bytes, record_ttl = tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11]

local was = redis.call('HMGET', req, 'status', 'flight')
if was[1] == 'completed' and was[2] == flight then
  return {'STORED', redis.call('HGET', ctx, 'version') or '', redis.call('LLEN', hist), '-', 0} -- '-': no version
end
local refusal = not_to_settle(ctx, req, fence, flight, was[1], was[2])
if refusal then
  return refusal
end

local now = now_ms()
local version = redis.call('HGET', ctx, 'version') or ''
local turns = remember(ctx, hist, turn, most_turns, most_bytes, next_version)

redis.call('HSET', ctx, 'last_activity', now, 'processing_stage', 'completed')
redis.call('HDEL', ctx, 'current_question')
if redis.call('HGET', ctx, 'memory') == redis.call('HGET', req, 'told') then
  redis.call('HDEL', ctx, 'memory')
end
redis.call('HINCRBY', ctx, 'request_count', 1)
redis.call('HINCRBY', ctx, 'total_processing_time', processing_ms)
redis.call('HSET', req, 'status', 'completed', 'stage', 'completed', 'answer', answer, 'finished_at', now, 'phases', phases)
redis.call('HDEL', req, 'error', 'leaving_until')
redis.call('ZREM', open, request_id)
local ttl = live_on(ctx, hist, open, record_ttl)
redis.call('PEXPIRE', req, record_ttl)
redis.call('PEXPIRE', reqs, record_ttl)
return {'STORED', next_version, turns, version, ttl}
