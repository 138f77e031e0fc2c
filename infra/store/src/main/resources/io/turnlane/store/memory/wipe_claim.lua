-- Removes the hash of the request's body from an idempotency claim. The claim itself stays, so that a late retry
-- doesn't ask the question again.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'body', '')
end
return {'WIPED'}
