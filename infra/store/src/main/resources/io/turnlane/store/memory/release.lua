-- Sets the turn of an unfinished flight back to queued, because its partition left or the processor stops. The flight
-- does not count as a crash. If a new owner began the turn before this call and counted a crash, the crash is
-- subtracted again.
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
