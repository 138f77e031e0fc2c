-- Stores that the copy of a failed turn is in quarantine, so that no second copy is published if the turn is delivered
-- again.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'quarantined', 1)
end
return {'MARKED'}
