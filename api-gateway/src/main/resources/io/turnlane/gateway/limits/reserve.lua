-- Adds a member to a set of reservations of bounded size. A member that already has a reservation keeps it, so that a
-- command sent twice reserves once. Members whose score has expired are removed.
--
-- KEYS 1 sorted set of reservations
-- ARGV 1 member, 2 score of the member, 3 maximum number of members, 4 highest expired score,
-- 5 lifetime of the set in ms
-- Returns 1 if the member has a reservation, 0 if the maximum is reached

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
