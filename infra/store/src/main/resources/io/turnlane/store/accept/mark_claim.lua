-- Marks a claim as published, so that no call publishes its turn again.
--
-- KEYS 1 claim, 2 calls of the claim
-- ARGV 1 request id
claims.mark(KEYS[1], KEYS[2], ARGV[1])
return {'MARKED'}
