-- Starts a handover: a flight's partition leaves while its agent works. The flight may end the turn within the given
-- time, and the next owner's begin waits. Only for the stored flight, only while no newer owner has written, and only
-- once: the same call again doesn't extend the time.
local ctx, req = KEYS[1], KEYS[2]
local fence, flight, handover = ARGV[1], ARGV[2], ARGV[3]

local was = redis.call('HMGET', req, 'status', 'flight', 'leaving_until')
if was[1] ~= 'running' or was[2] ~= flight or fenced(fence, {ctx}) then
  return {'REFUSED'}
end
if not was[3] then
  redis.call('HSET', req, 'leaving_until', string.format('%d', tonumber(now_ms()) + tonumber(handover)))
end
return {'LEAVES'}
