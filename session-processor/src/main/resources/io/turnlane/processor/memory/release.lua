-- A flight is given back unfinished, because its partition left or the processor stops: it waits again, and is no crash;
-- not even where the next owner was faster and has blamed it already.
local ctx, req = KEYS[1], KEYS[2]
local flight = ARGV[1]

local was = redis.call('HMGET', req, 'status', 'flight', 'blamed')
if was[1] == 'running' and was[2] == flight then
  redis.call('HSET', req, 'status', 'queued', 'stage', 'queued', 'flight', '')
  if redis.call('EXISTS', ctx) == 1 then
    redis.call('HSET', ctx, 'processing_stage', 'queued')
    redis.call('HDEL', ctx, 'current_question')
  end
elseif was[3] == flight and not ended[was[1]] then
  redis.call('HINCRBY', req, 'crashes', -1)
  redis.call('HSET', req, 'blamed', '')
end
return {'RELEASED'}
