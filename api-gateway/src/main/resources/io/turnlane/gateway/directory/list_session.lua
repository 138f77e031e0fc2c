-- A session stands in its user's list, by when it was last asked something. Sessions that expired for certain go, and
-- of too many the longest idle: the list is bounded though nobody reads it.
-- KEYS 1 the user's list  ARGV 1 session id, 2 now, 3 the oldest that may live still, 4 most sessions, 5 ttl (times in ms)
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -tonumber(ARGV[4]) - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
