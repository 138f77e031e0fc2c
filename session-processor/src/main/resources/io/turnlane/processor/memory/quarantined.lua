-- The copy of a failed turn stands in quarantine: a redelivery needn't write it again.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'quarantined', 1)
end
return {'MARKED'}
