-- The claims of a session's requests that lie in another slot: their callers', where questions named no session.
-- KEYS 1 requests  ARGV 1 what request keys start with, 2 what the session's keys start with
local elsewhere = {}
for _, request_id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local claim = redis.call('HGET', ARGV[1] .. request_id, 'claim')
  if claim and string.sub(claim, 1, #ARGV[2]) ~= ARGV[2] then
    elsewhere[#elsewhere + 1] = claim
  end
end
return {'FOUND', elsewhere}
