-- The log has the turn: nobody publishes it again for this key.
--
-- KEYS 1 claim, 2 its calls
-- ARGV 1 request id

claims.mark(KEYS[1], KEYS[2], ARGV[1])
return 1
