-- A flight is given back unfinished, because its partition left or the processor stops: it waits again, and is no crash;
-- not even where the next owners were faster and have blamed it already: a processor that slept didn't crash.
local ctx, req = KEYS[1], KEYS[2]
local flight = ARGV[1]

local was = redis.call('HMGET', req, 'status', 'flight')
if was[1] == 'running' and was[2] == flight then
  redis.call('HSET', req, 'status', 'queued', 'stage', 'queued', 'flight', '')
  redis.call('HDEL', req, 'leaving_until')
  if redis.call('EXISTS', ctx) == 1 then
    redis.call('HSET', ctx, 'processing_stage', 'queued')
    redis.call('HDEL', ctx, 'current_question')
  end
elseif was[1] and not ended[was[1]] then
  pardon(req, flight)
end
return {'RELEASED'}
