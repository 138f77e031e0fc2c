-- Creates the request record of a command that changes a session and counts the command as open, before the command is
-- published. Does nothing if the session has the maximum number of open turns and commands, or if the commands that are
-- open hold too many bytes. Running the script again for the same command changes nothing.
-- KEYS 1 request record, 2 requests of the session, 3 open, 4 context, 5 history
-- ARGV 1 request id, 2 now, 3 ttl of the record (ms), 4 bytes that the command occupies until it is done, or 0,
--      5 maximum number of open turns and commands, 6 maximum number of bytes, 7 prefix of request keys, 8 fields of the
--      request record
-- Returns {'noted'}; {'full', number of open turns and commands}; or {'large', bytes of the open commands}
local req, reqs, open, ctx, hist = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local request_id, now, retention, own, most_open, most_bytes, request_prefix, fields =
  ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], 8
if redis.call('EXISTS', req) == 1 then
  return {'noted'}
end
local bytes = 0
for _, id in ipairs(redis.call('ZRANGE', open, 0, -1)) do
  local was = redis.call('HMGET', request_prefix .. id, 'status', 'bytes')
  if was[1] then
    bytes = bytes + (was[2] or 0)
  elseif tonumber(redis.call('ZSCORE', open, id)) < now - retention then
    redis.call('ZREM', open, id) -- its record has expired
  end
end
local count = redis.call('ZCARD', open)
if count >= most_open then
  return {'full', count}
end
-- A command that is larger than the maximum can run alone.
if own > 0 and bytes > 0 and bytes + own > most_bytes then
  return {'large', bytes}
end
create_request(req, {reqs, open},
  {id = request_id, created_at = now, agent = '', deadline = '', ttl = retention, fields = fields})
-- A session with open commands lives as long as their records. The processor that ends the last one sets the session's
-- own time to live.
local ttl = redis.call('HGET', ctx, 'ttl')
if ttl then
  expire_session(ctx, hist, math.max(retention, ttl))
end
return {'noted'}
