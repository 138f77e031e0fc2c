-- Starts a handover of a flight whose partition moves to another owner while the agent works. The flight is allowed to
-- end the turn within the given time. Until then, begin.lua makes the next owner wait. Has no effect if another flight
-- has begun the turn or if a newer owner has written. A repeated call doesn't extend the time.
local fence, flight, handover = ARGV[1], ARGV[2], ARGV[3]

local record = read(req, 'status', 'flight', 'leaving_until')
if record.status ~= 'running' or record.flight ~= flight or fenced(fence, read_session()) then
  return {'REFUSED'}
end
if not record.leaving_until then
  redis.call('HSET', req, 'left_at', now_ms(), 'leaving_until',
    string.format('%d', tonumber(now_ms()) + tonumber(handover)))
end
return {'LEAVES'}
