-- Undoes the acceptance of a turn whose publish was rejected or not acknowledged. Keeps the acceptance if a
-- processor has the turn or another call can still publish the turn. If the turn is on the topic nevertheless, the
-- processor creates the missing record.
--
-- KEYS 1 context, 2 open, 3 requests, 4 history; with a claim in the session's slot: 5 claim, 6 calls of the claim
-- ARGV 1 request id, 2 '1' if the acceptance created the session, 3 prefix of request keys, 4 id of this call,
--      5 '1' if the turns topic may have the turn
-- Returns 'published', 'shared', 'unsure' or 'last', see claims.release

local request = ARGV[3] .. ARGV[1]
local record = redis.call('HMGET', request, 'status', 'attempt')
local seen = record[1] and (record[1] ~= 'queued' or tonumber(record[2] or 0) > 0)
local made, result = ARGV[2] == '1', 'last'
if KEYS[5] then
  made = made or redis.call('HGET', KEYS[5], 'made') == '1'
  if seen then
    claims.mark(KEYS[5], KEYS[6], ARGV[1])
  end
  result = claims.release(KEYS[5], KEYS[6], ARGV[1], ARGV[4], ARGV[5])
  if result == 'published' or result == 'shared' then
    return result
  end
end
if seen then
  return 'published'
end
redis.call('DEL', request)
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
-- Deletes the session too, unless it has other requests or a history.
if made and redis.call('EXISTS', KEYS[3], KEYS[4]) == 0 then
  redis.call('DEL', KEYS[1])
elseif redis.call('ZCARD', KEYS[2]) == 0 and redis.call('EXISTS', KEYS[1]) == 1 then
  local ttl = redis.call('HGET', KEYS[1], 'ttl') -- without open turns, the session has its own time to live again
  redis.call('PEXPIRE', KEYS[1], ttl)
  redis.call('PEXPIRE', KEYS[4], ttl)
end
return result
