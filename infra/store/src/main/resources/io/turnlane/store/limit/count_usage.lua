-- Adds the usage of a session on one day to the usage of its user on this day. The caller passes the session's whole usage
-- of the day, and this script adds only what it has not added yet. The call can therefore be repeated.
--
-- KEYS 1 usage of the user on the day
-- ARGV 1 id of the session's usage, 2 usage of the session on the day, 3 lifetime of the key in ms
-- Returns {'COUNTED'}
local session = 'of.' .. ARGV[1]
local counted = redis.call('HGET', KEYS[1], session)
local added = add_usage(ARGV[2], counted, -1)
redis.call('HSET', KEYS[1], session, add_usage(counted, added, 1),
  'usage', add_usage(redis.call('HGET', KEYS[1], 'usage'), added, 1))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {'COUNTED'}
