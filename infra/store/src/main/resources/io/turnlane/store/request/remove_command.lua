-- Removes a command that was not published: its record, and the reserved session if it is a fork. A command that was
-- possibly published keeps both, but no longer counts as open.
-- KEYS 1 request record, 2 requests of the session, 3 context, 4 open, 5 history
-- ARGV 1 request id, 2 '1' if the command was possibly published
local req, reqs, ctx, open, hist = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local request_id, published = ARGV[1], ARGV[2] == '1'
redis.call('ZREM', open, request_id)
if not published and redis.call('HGET', req, 'status') == 'queued' then
  redis.call('DEL', req)
  redis.call('ZREM', reqs, request_id)
end
local fork = redis.call('HGET', ctx, 'fork')
if not published and fork == request_id then
  redis.call('DEL', ctx, hist)
elseif not fork then
  live_without_open(ctx, hist, open)
end
return {'REMOVED'}
