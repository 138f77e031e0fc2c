-- Takes one of a bounded number of places. The same member again has its place already, so that a command that is sent
-- twice takes one. Members whose score is over are nobody's.
--
-- KEYS 1 places; ARGV 1 member, 2 its score, 3 how many places there are, 4 scores up to here are over, 5 how long the
--      set is remembered in ms
-- Returns 1 where it has one, 0 where all are taken

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
