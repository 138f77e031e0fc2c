-- The partition of a flight leaves while its agent works: for so long it may end by itself, and the next owner's begin waits.
-- Only the flight that is stored, only while no newer owner has been here, and once: sent again it gains no time.
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
