-- Finds the idempotency claims of a session's requests that are in another hash slot than the session. An idempotency
-- claim is in the user's slot if its question named no session.
-- KEYS 1 request ids of the session  ARGV 1 prefix of request keys, 2 prefix of the session's keys
local elsewhere = {}
for _, request_id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local claim = redis.call('HGET', ARGV[1] .. request_id, 'claim')
  if claim and string.sub(claim, 1, #ARGV[2]) ~= ARGV[2] then
    elsewhere[#elsewhere + 1] = claim
  end
end
return {'FOUND', elsewhere}
