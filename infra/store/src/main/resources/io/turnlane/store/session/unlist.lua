-- Removes a session from its user's list, unless it was active after the given time.
-- KEYS 1 list of the user  ARGV 1 session id, 2 time at which the session was deleted or found missing (ms)
local listed = redis.call('ZSCORE', KEYS[1], ARGV[1])
if listed and tonumber(listed) <= tonumber(ARGV[2]) then
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return {'UNLISTED'}
