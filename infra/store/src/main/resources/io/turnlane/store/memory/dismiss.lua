-- Ends a waiting turn, outside the order of its lane, if its cancellation was requested or its deadline has passed.
-- Does not change a turn that has begun, because its flight ends it.
local fence, request_id, partition, offset, logged_at = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local deadline_exceeded, record_ttl = ARGV[6], ARGV[7]

if erased(tomb, partition, offset, logged_at) then
  return {'ERASED'}
end
if fenced(fence, {ctx, tomb, req}) then
  return {'FENCED'}
end
local was = redis.call('HMGET', req, 'status', 'attempt', 'deadline_at', 'cancel_reason', 'cancel_by')
if was[1] and ended[was[1]] then
  return ending(req)
end
if was[1] ~= 'queued' or tonumber(was[2] or 0) > 0 then
  return {'STAYS', -1}
end
redis.call('HSET', req, 'partition', partition, 'offset', offset)
pass(req, 'QUEUED', logged_at)

local function ends(status, reason, by)
  local result = dismiss(req, open, request_id, status, reason, by, record_ttl)
  if redis.call('EXISTS', ctx) == 1 then
    live_on(ctx, hist, open, record_ttl)
  end
  return result
end

if unwanted(req) then
  return ends('cancelled', was[4] or 'requested', was[5] or '')
end
if not was[3] or was[3] == '' then
  return {'STAYS', -1}
end
local left = tonumber(was[3]) - tonumber(now_ms())
if left > 0 then
  return {'STAYS', left}
end
redis.call('HSET', req, 'error', deadline_exceeded)
return ends('failed', '', '')
