-- Takes a token from a bucket that is filled at a constant rate. Uses the clock of Redis, because the clocks of
-- gateways may differ.
--
-- KEYS 1 bucket
-- ARGV 1 capacity of the bucket, and number of tokens added per minute, 2 '0' to take one token if there is one;
--      otherwise a number of tokens to take even if the bucket has fewer, so that its number becomes negative
-- Returns {1 if there was a token or 0, whole tokens left, ms until the next token, ms until the bucket is full}

local capacity = tonumber(ARGV[1])
local per_ms = capacity / 60000
local now = tonumber(now_ms())

local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or capacity, tonumber(bucket[2]) or now
tokens = math.min(capacity, tokens + math.max(0, now - at) * per_ms)

local cost = tonumber(ARGV[2])
local taken = (tokens >= 1 or cost > 0) and 1 or 0
tokens = math.max(tokens - taken * math.max(1, cost), -capacity) -- so that no caller waits longer than about a minute
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%d', now))
-- A missing bucket counts as full. The key can therefore expire when the bucket is full.
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - tokens) / per_ms) + 1000)
return {taken, math.max(0, math.floor(tokens)), math.ceil(math.max(0, 1 - tokens) / per_ms), math.ceil((capacity - tokens) / per_ms)}
