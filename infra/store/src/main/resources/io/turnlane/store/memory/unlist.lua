-- Removes a session from its user's list, unless it was used after its deletion was logged.
-- KEYS 1 the user's list  ARGV 1 session id, 2 timestamp of the deletion (ms)
local listed = redis.call('ZSCORE', KEYS[1], ARGV[1])
if listed and tonumber(listed) <= tonumber(ARGV[2]) then
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return {'UNLISTED'}
