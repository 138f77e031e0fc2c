-- Undoes the acceptance of a turn whose publish was rejected or not acknowledged. Keeps the acceptance if a
-- processor has the turn or another call can still publish the turn. If the turn is on the topic nevertheless, the
-- processor creates the missing record. A claim in the caller's slot is released by a call with the claim's keys only.
--
-- KEYS context, open, requests, history, unless only a claim is released; then, with a claim in this slot: claim, calls
--      of the claim
-- ARGV 1 request id, 2 id of this call, 3 '1' if the turns topic may have the turn, 4 prefix of request keys,
--      5 '1' if the acceptance created the session
-- Returns {'published'}, {'shared'}, {'unsure'} or {'last'}, see claims.release
local request_id, call, unsure, made = ARGV[1], ARGV[2], ARGV[3], ARGV[5] == '1'
local claim_only, claim, calls = #KEYS == 2, nil, nil
if #KEYS ~= 4 then
  claim, calls = KEYS[#KEYS - 1], KEYS[#KEYS]
end
local ctx, open, reqs, hist, request = KEYS[1], KEYS[2], KEYS[3], KEYS[4], (ARGV[4] or '') .. request_id

local seen = false
if not claim_only then
  local record = redis.call('HMGET', request, 'status', 'attempt')
  seen = record[1] and (record[1] ~= 'queued' or tonumber(record[2] or 0) > 0)
end
local result = 'last'
if claim then
  made = made or redis.call('HGET', claim, 'made') == '1'
  if seen then
    claims.mark(claim, calls, request_id)
  end
  result = claims.release(claim, calls, request_id, call, unsure)
end
if claim_only or result == 'published' or result == 'shared' then
  return {result}
end
if seen then
  return {'published'}
end
redis.call('DEL', request)
redis.call('ZREM', open, request_id)
redis.call('ZREM', reqs, request_id)
-- Deletes the session too, unless it has other requests or a history.
if made and redis.call('EXISTS', reqs, hist) == 0 then
  redis.call('DEL', ctx)
else
  live_without_open(ctx, hist, open)
end
return {result}
