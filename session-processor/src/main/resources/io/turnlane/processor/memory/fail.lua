-- A flight ended without an answer: the turn waits for another try, or has failed for good. Memory keeps no half turn.
local ctx, req, open = KEYS[1], KEYS[2], KEYS[3]
local fence, flight, request_id, final, error, phases, record_ttl =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]

local ended = {completed = true, failed = true, cancelled = true, superseded = true, rejected = true}
local was = redis.call('HMGET', req, 'status', 'flight', 'answer', 'error', 'attempt')
if was[1] and ended[was[1]] then
  if was[1] == 'failed' and was[2] == flight then
    return {'STORED', '', 0}
  end
  return {'ENDED', was[1], tonumber(was[5] or 0), was[3] or '', was[4] or ''}
end
if was[1] == 'retrying' and was[2] == flight then
  return {'STORED', '', 0}
end
local owner = redis.call('HGET', ctx, 'fence')
if not was[1] or not owner then
  return {'GONE'}
end
if tonumber(owner) > tonumber(fence) or was[2] ~= flight then
  return {'FENCED'}
end

local time = redis.call('TIME')
local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local status = final == '1' and 'failed' or 'retrying'
redis.call('HSET', req, 'status', status, 'stage', status, 'error', error, 'phases', phases)
redis.call('HINCRBY', req, 'failures', 1)
redis.call('PEXPIRE', req, record_ttl)
redis.call('HSET', ctx, 'processing_stage', status, 'last_activity', now)
if final == '1' then
  redis.call('HSET', req, 'finished_at', now)
  redis.call('HDEL', ctx, 'current_question')
  redis.call('ZREM', open, request_id)
end
if final == '1' then
  redis.call('PEXPIRE', ctx, redis.call('HGET', ctx, 'ttl'))
end
return {'STORED', '', 0}
