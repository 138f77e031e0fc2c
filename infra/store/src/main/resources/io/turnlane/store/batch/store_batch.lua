-- Stores a batch. If another call with the same Idempotency-Key has stored it, keeps its questions that were asked, and
-- replaces its questions that were not accepted by those that this call has asked.
--
-- KEYS 1 batch
-- ARGV 1 time to live (ms), 2 creation time, 3 hash of the body, 4 callback or '', 5 number of questions, then for each
--      question: '<session id>/<request id>', or '!<code> <message>' if it was not accepted
-- Returns {'stored'}
local batch, first = KEYS[1], 5
redis.call('HSETNX', batch, 'created_at', ARGV[2])
redis.call('HSET', batch, 'body', ARGV[3], 'total', ARGV[5])
if ARGV[4] ~= '' then
  redis.call('HSET', batch, 'callback', ARGV[4])
end
for i = 1, tonumber(ARGV[5]) do
  local item = ARGV[first + i]
  redis.call(string.sub(item, 1, 1) == '!' and 'HSETNX' or 'HSET', batch, i - 1, item)
end
redis.call('PEXPIRE', batch, ARGV[1])
return {'stored'}
