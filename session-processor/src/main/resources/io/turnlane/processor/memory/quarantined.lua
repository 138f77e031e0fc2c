-- Notes that the copy of a failed turn is in quarantine, so that a redelivery need not write it again.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'quarantined', 1)
end
return {'MARKED'}
