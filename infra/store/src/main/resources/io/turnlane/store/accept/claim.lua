-- Claims an Idempotency-Key in the caller's slot, for a question that names no session.
--
-- KEYS 1 claim, 2 calls of the claim
-- ARGV 1 request id, also the id of this call, 2 session id, 3 hash of the body, 4 now, 5 claim ttl   (times in ms)
-- Returns {'claimed', request id, session id, time of an older claim or ''}, {'known', request id, session id}
--         or {'conflict'}

local held = claims.find(KEYS[1])
if held and held.body ~= ARGV[3] and held.body ~= '' then -- '' if the session was erased
  return {'conflict'}
end
if held and held.published then
  return {'known', held.request_id, held.session_id}
end
claims.add(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[1])
if held and held.request_id ~= ARGV[1] then
  return {'claimed', held.request_id, held.session_id, held.at}
end
return {'claimed', ARGV[1], ARGV[2], ''}
