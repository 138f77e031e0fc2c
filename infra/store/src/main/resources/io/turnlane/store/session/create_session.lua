-- Creates a session's context if it does not exist.
--
-- KEYS 1 context, 2 history
-- ARGV 1 now, 2 session id, 3 user id or '', 4 agent, 5 metadata as JSON, 6 ttl (times in ms)
-- Returns {'CREATED'} or {'EXISTS'}
local ctx, hist, ttl = KEYS[1], KEYS[2], ARGV[6]
if redis.call('EXISTS', ctx) == 1 then
  return {'EXISTS'}
end
create_context(ctx, {id = ARGV[2], user_id = ARGV[3], agent = ARGV[4], created_at = ARGV[1], stage = 'initialized',
  metadata = ARGV[5], ttl = ttl})
redis.call('PEXPIRE', ctx, ttl)
keep_alive(ctx, hist, ttl, 86400000)
return {'CREATED'}
