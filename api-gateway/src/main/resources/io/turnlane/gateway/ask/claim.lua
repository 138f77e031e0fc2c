-- Claims a key in the caller's slot, for a question that names no session.
--
-- KEYS 1 claim, 2 its calls
-- ARGV 1 request id, which is this call's too, 2 session id, 3 body, 4 now, 5 claim ttl        (times in ms)
-- Returns {'claimed', request id, session id, when an older claim was made or ''}, {'known', request id, session id}
--         or {'conflict'}

local held = claims.find(KEYS[1])
if held and held.body ~= ARGV[3] and held.body ~= '' then -- that of a session that was erased is forgotten
  return {'conflict'}
end
if held and held.published then
  return {'known', held.request_id, held.session_id}
end
claims.take(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[1])
if held and held.request_id ~= ARGV[1] then
  return {'claimed', held.request_id, held.session_id, held.at}
end
return {'claimed', ARGV[1], ARGV[2], ''}
