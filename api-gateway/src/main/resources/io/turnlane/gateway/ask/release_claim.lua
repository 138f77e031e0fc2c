-- Releases a claim in the caller's slot for a call that did not publish the turn.
--
-- KEYS 1 claim, 2 calls of the claim
-- ARGV 1 request id, 2 id of this call, 3 '1' if the turns topic may have the turn
-- Returns 'published', 'shared', 'unsure' or 'last', see claims.release

return claims.release(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3])
