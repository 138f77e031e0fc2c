-- Adds a member to a set of reservations of bounded size. A member that already has a reservation keeps it, so that a
-- command sent twice reserves once. Members whose score has expired are removed.
--
-- KEYS 1 sorted set of reservations
-- ARGV 1 member, 2 score of the member, 3 maximum number of members, 4 highest expired score,
-- 5 lifetime of the set in ms
-- For members that end in '/' and a number of bytes: 6 bytes of this member, 7 maximum number of bytes, 0 for no limit.
-- A member that is larger than this maximum gets a reservation if no other member has bytes.
-- Returns 1 if the member has a reservation, 0 if the maximum is reached

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
    return 0
  end
  local own, most, bytes = tonumber(ARGV[6] or 0), tonumber(ARGV[7] or 0), 0
  if own > 0 and most > 0 then
    for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
      bytes = bytes + tonumber(string.match(member, '/(%d+)$') or 0)
    end
    if bytes > 0 and bytes + own > most then
      return 0
    end
  end
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
