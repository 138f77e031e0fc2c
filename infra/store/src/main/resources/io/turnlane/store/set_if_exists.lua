-- Sets a field of a hash, if the hash exists.
-- KEYS 1 hash  ARGV 1 field, 2 value
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
return {'DONE'}
