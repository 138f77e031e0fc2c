-- A call gives up a claim in the caller's slot.
--
-- KEYS 1 claim, 2 its calls
-- ARGV 1 request id, 2 this call, 3 '1' where the log may have the turn
-- Returns 'published', 'shared' or 'last', as in claims.lua

return claims.release(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3])
