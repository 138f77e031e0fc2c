-- Takes an acceptance back whose record the log refused, unless a processor has seen the turn after all.
--
-- KEYS as in accept.lua: 1 context, 2 request, 3 open, 4 requests, 5 history
-- ARGV 1 request id, 2 '1' where the acceptance made the session
-- Returns 1 where it was taken back

local record = redis.call('HMGET', KEYS[2], 'status', 'attempt')
if record[1] ~= 'queued' or (record[2] and tonumber(record[2]) > 0) then
  return 0
end
redis.call('DEL', KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
-- The session goes too where nothing else happened in it meanwhile.
if ARGV[2] == '1' and redis.call('EXISTS', KEYS[4], KEYS[5]) == 0 then
  redis.call('DEL', KEYS[1])
end
return 1
