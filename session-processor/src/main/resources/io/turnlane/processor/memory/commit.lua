-- The answer of a flight enters memory, its request record and the context together, or not at all. Idempotent by request:
-- whoever sends it again is told that it is stored.
local ctx, hist, req, reqs, open = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local fence, flight, request_id, turn, answer = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local phases, processing_ms, next_version = ARGV[6], ARGV[7], ARGV[8]
local most_turns, most_bytes, record_ttl = tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11]

local was = redis.call('HMGET', req, 'status', 'flight')
if was[1] and ended[was[1]] then
  if was[1] == 'completed' and was[2] == flight then
    return {'STORED', redis.call('HGET', ctx, 'version') or '', redis.call('LLEN', hist), '-', 0} -- follows on nothing known
  end
  return ending(req)
end
-- A record that never named a flight was made anew: memory was lost under this one.
if not was[1] or not was[2] or redis.call('EXISTS', ctx) == 0 then
  return {'GONE'}
end
if fenced(fence, {ctx}) or was[2] ~= flight then
  pardon(req, flight)
  return {'FENCED'}
end

local now = now_ms()
local version = redis.call('HGET', ctx, 'version') or ''
redis.call('RPUSH', hist, turn)
local bytes = redis.call('HINCRBY', ctx, 'hist_bytes', #turn)
local turns = redis.call('LLEN', hist)
while turns > most_turns or (bytes > most_bytes and turns > 1) do
  bytes = redis.call('HINCRBY', ctx, 'hist_bytes', -#redis.call('LPOP', hist))
  turns = turns - 1
end

redis.call('HSET', ctx, 'version', next_version, 'last_activity', now, 'processing_stage', 'completed')
redis.call('HDEL', ctx, 'current_question')
if redis.call('HGET', ctx, 'memory') == redis.call('HGET', req, 'told') then
  redis.call('HDEL', ctx, 'memory')
end
redis.call('HINCRBY', ctx, 'request_count', 1)
redis.call('HINCRBY', ctx, 'total_processing_time', processing_ms)
redis.call('HSET', req, 'status', 'completed', 'stage', 'completed', 'answer', answer, 'finished_at', now, 'phases', phases)
redis.call('HDEL', req, 'error', 'leaving_until')
redis.call('ZREM', open, request_id)
local ttl = redis.call('HGET', ctx, 'ttl')
redis.call('PEXPIRE', ctx, ttl)
redis.call('PEXPIRE', hist, ttl)
redis.call('PEXPIRE', req, record_ttl)
redis.call('PEXPIRE', reqs, record_ttl)
return {'STORED', next_version, turns, version, tonumber(ttl)}
