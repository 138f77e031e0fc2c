-- Sets the turn of an unfinished flight back to queued, because its partition left or the processor stops. The flight
-- does not count as a crash. If a new owner began the turn before this call and counted a crash, the crash is
-- subtracted again.
local flight, usage = ARGV[1], ARGV[2]

local record = read(req, 'status', 'flight')
if record.status == 'running' and record.flight == flight then
  spend(usage, flight)
  redis.call('HSET', req, 'status', 'queued', 'stage', 'queued', 'flight', '')
  redis.call('HDEL', req, 'leaving_until', 'left_at')
  if redis.call('EXISTS', ctx) == 1 then
    redis.call('HSET', ctx, 'processing_stage', 'queued', 'current_question', '')
  end
elseif record.status and not ended[record.status] then
  pardon(flight)
end
return {'RELEASED'}
