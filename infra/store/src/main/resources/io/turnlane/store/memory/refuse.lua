-- Ends a command as failed. Used if its record can't be read or processed, so that the client still receives a terminal
-- event. ARGV 8 number of failed attempts to process the record; 9 fields of the request's record.
local fence, request_id, partition, offset, logged_at, error, record_ttl =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local attempts, fields = tonumber(ARGV[8]), 9

if erased(tomb, partition, offset, logged_at) then
  return {'ERASED'}
end
if fenced(fence, {ctx, tomb, req}) then
  return {'FENCED'}
end
local was = redis.call('HMGET', req, 'status', 'attempt')
local status = was[1]
if status and ended[status] then
  return ending(req)
end
local handover = leaving(req, '')
if handover > 0 then
  return {'LEAVING', handover}
end
if not status then
  create_request(req, {reqs},
    {id = request_id, created_at = logged_at, agent = '', deadline = '', ttl = record_ttl, fields = fields})
end
pass(req, 'QUEUED', logged_at)
if unwanted(req) then
  local cause = redis.call('HMGET', req, 'cancel_reason', 'cancel_by')
  return dismiss(req, open, request_id, 'cancelled', cause[1] or 'requested', cause[2] or '', record_ttl)
end
redis.call('HSET', req, 'fence', fence, 'partition', partition, 'offset', offset,
  'attempt', math.max(tonumber(was[2] or 0), attempts),
  'flight', '') -- otherwise fail.lua could take this end for the outcome of an earlier flight
redis.call('ZADD', reqs, 'NX', logged_at, request_id)
redis.call('PEXPIRE', reqs, record_ttl)
if redis.call('HGET', ctx, 'fork') == request_id then
  redis.call('DEL', ctx, hist, life_key(ctx)) -- the session id that the failed fork had reserved
end
return give_up(ctx, hist, req, open, request_id, error, record_ttl)
