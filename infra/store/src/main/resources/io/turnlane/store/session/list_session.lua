-- Adds a session to its user's list, or updates its last activity. Removes sessions that must have expired, and the
-- sessions with the oldest activity if there are too many, so that the list stays bounded even without readers.
-- KEYS 1 list of the user
-- ARGV 1 session id, 2 now, 3 oldest activity of a session that may still exist, 4 maximum number of sessions,
--      5 ttl of the list (times in ms)
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -tonumber(ARGV[4]) - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'LISTED'}
