-- Claims the webhook of a batch for the terminal event of one of its questions. Keeps an earlier claim.
--
-- KEYS 1 batch
-- ARGV 1 id of the request that has ended
-- Returns {id of the request whose terminal event sends the webhook, or '' if the batch does not exist}
local batch = KEYS[1]
if redis.call('EXISTS', batch) == 0 then
  return {''}
end
redis.call('HSETNX', batch, 'webhook_by', ARGV[1])
return {redis.call('HGET', batch, 'webhook_by')}
