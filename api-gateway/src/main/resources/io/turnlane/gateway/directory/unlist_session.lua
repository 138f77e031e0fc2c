-- Removes a session that no longer exists from its user's list, unless it was active since the entry was read.
-- KEYS 1 list of the user  ARGV 1 session id, 2 last activity in the entry that was read (ms)
local listed = redis.call('ZSCORE', KEYS[1], ARGV[1])
if listed and tonumber(listed) <= tonumber(ARGV[2]) then
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
return 0
