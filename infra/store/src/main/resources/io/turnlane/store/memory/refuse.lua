-- Ends a command as failed. Used if its record can't be read or processed, so that the client still receives a terminal
-- event. ARGV 8 number of failed attempts to process the record; 9 fields of the request's record.
local fence, request_id, partition, offset, logged_at, error, record_ttl =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local attempts, fields = tonumber(ARGV[8]), 9

local record, session = read(req, 'status', 'flight', 'attempt', 'fence', 'leaving_until', 'cancel_requested',
  'cancel_reason', 'cancel_by'), read_session()
local refusal = not_owned(fence, partition, offset, logged_at, session, record)
if refusal then
  return refusal
end
if record.status and ended[record.status] then
  return ending(req)
end
local handover = leaving(record, '')
if handover > 0 then
  return {'LEAVING', handover}
end
if not record.status then
  create_request(req, {reqs},
    {id = request_id, created_at = logged_at, agent = '', deadline = '', ttl = record_ttl, fields = fields})
end
pass(req, 'QUEUED', logged_at)
if record.cancel_requested then
  return dismiss(req, request_id, 'cancelled', record.cancel_reason or 'requested', record.cancel_by or '', record_ttl)
end
redis.call('HSET', req, 'fence', fence, 'partition', partition, 'offset', offset,
  'attempt', math.max(tonumber(record.attempt or 0), attempts),
  'flight', '') -- otherwise fail.lua could take this end for the outcome of an earlier flight
redis.call('ZADD', reqs, 'NX', logged_at, request_id)
redis.call('PEXPIRE', reqs, record_ttl)
if redis.call('HGET', ctx, 'fork') == request_id then
  redis.call('DEL', ctx, hist, life_key(ctx)) -- the session id that the failed fork had reserved
  session.ttl = nil
end
return give_up(session, request_id, error, record_ttl)
