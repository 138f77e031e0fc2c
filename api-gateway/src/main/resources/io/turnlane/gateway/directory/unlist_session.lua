-- A session that is gone leaves the list, unless it was asked something since.
-- KEYS 1 the user's list  ARGV 1 session id, 2 as of when it is known to be gone (ms)
local listed = redis.call('ZSCORE', KEYS[1], ARGV[1])
if listed and tonumber(listed) <= tonumber(ARGV[2]) then
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
return 0
