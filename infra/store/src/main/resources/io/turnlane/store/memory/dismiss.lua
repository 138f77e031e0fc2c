-- Ends a waiting turn, outside the order of its lane, if its cancellation was requested or its deadline has passed.
-- Does not change a turn that has begun, because its flight ends it.
local fence, request_id, partition, offset, logged_at = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local deadline_exceeded, record_ttl = ARGV[6], ARGV[7]

local record, session = read(req, 'status', 'attempt', 'fence', 'deadline_at', 'cancel_requested', 'cancel_reason',
  'cancel_by'), read_session()
local refusal = not_owned(fence, partition, offset, logged_at, session, record)
if refusal then
  return refusal
end
if record.status and ended[record.status] then
  return ending(req)
end
if record.status ~= 'queued' or tonumber(record.attempt or 0) > 0 then
  return {'STAYS', -1}
end
redis.call('HSET', req, 'partition', partition, 'offset', offset)
pass(req, 'QUEUED', logged_at)

local function ends(status, reason, by)
  local result = dismiss(req, request_id, status, reason, by, record_ttl)
  if session.ttl then
    live_on(session.ttl, record_ttl)
  end
  return result
end

if record.cancel_requested then
  return ends('cancelled', record.cancel_reason or 'requested', record.cancel_by or '')
end
if (record.deadline_at or '') == '' then
  return {'STAYS', -1}
end
local left = tonumber(record.deadline_at) - tonumber(now_ms())
if left > 0 then
  return {'STAYS', left}
end
redis.call('HSET', req, 'error', deadline_exceeded)
return ends('failed', '', '')
