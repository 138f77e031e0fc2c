-- Takes an acceptance back whose record the log refused, or may not have, unless a processor has seen the turn after
-- all or another call publishes it. A record that is missing then is made by the processor that takes the turn.
--
-- KEYS 1 context, 2 open, 3 requests, 4 history; with a key in the session's slot 5 claim, 6 the claim's calls
-- ARGV 1 request id, 2 '1' where the acceptance made the session, 3 what request keys start with, 4 this call,
--      5 '1' where the log may have the turn
-- Returns 'published', 'shared', 'unsure' or 'last', as in claims.lua

local request = ARGV[3] .. ARGV[1]
local record = redis.call('HMGET', request, 'status', 'attempt')
local seen = record[1] and (record[1] ~= 'queued' or tonumber(record[2] or 0) > 0)
local made, standing = ARGV[2] == '1', 'last'
if KEYS[5] then
  made = made or redis.call('HGET', KEYS[5], 'made') == '1'
  if seen then
    claims.mark(KEYS[5], KEYS[6], ARGV[1])
  end
  standing = claims.release(KEYS[5], KEYS[6], ARGV[1], ARGV[4], ARGV[5])
  if standing == 'published' or standing == 'shared' then
    return standing
  end
end
if seen then
  return 'published'
end
redis.call('DEL', request)
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
-- The session goes too where nothing else happened in it meanwhile.
if made and redis.call('EXISTS', KEYS[3], KEYS[4]) == 0 then
  redis.call('DEL', KEYS[1])
end
return standing
