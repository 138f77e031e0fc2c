-- Adds a member to a set of reservations of bounded size. A member that already has a reservation keeps it, so that a
-- command sent twice reserves once. Removes members whose score has expired.
--
-- KEYS 1 sorted set of reservations, optional: 2 usage of the user on this day
-- ARGV 1 member, 2 score of the member, 3 maximum number of members, 4 highest expired score,
-- 5 lifetime of the set in ms
-- optional: 6 size of the member in bytes, 7 maximum size of all members together, 0 for no limit
-- with KEYS 2: 8 and 9 budget of the user for this day: tokens, and cost in billionths, each 0 for none
-- The name of a member with a size ends in '/' and the size. A member larger than the maximum gets a reservation if no
-- other member has a size.
-- Returns {'reserved'} if the member has a reservation, {'full'} if a maximum is reached, {'spent'} if the budget is used

if KEYS[2] and is_spent(redis.call('HGET', KEYS[2], 'usage'), tonumber(ARGV[8]), tonumber(ARGV[9])) then
  return {'spent'}
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
    return {'full'}
  end
  local own, most, bytes = tonumber(ARGV[6] or 0), tonumber(ARGV[7] or 0), 0
  if own > 0 and most > 0 then
    for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
      bytes = bytes + tonumber(string.match(member, '/(%d+)$') or 0)
    end
    if bytes > 0 and bytes + own > most then
      return {'full'}
    end
  end
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'reserved'}
