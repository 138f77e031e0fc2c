-- Notes that the copy of a failed turn is in quarantine. If the turn is delivered again, no second copy is published.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'quarantined', 1)
end
return {'MARKED'}
