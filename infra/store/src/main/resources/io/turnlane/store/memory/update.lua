-- Changes the session's context. A value of '' leaves a field unchanged. The caller has merged the new metadata with
-- the metadata that it read before (the expected metadata). If the stored metadata has changed since, the script
-- changes nothing and the caller tries again.
-- ARGV 13 expected metadata, 14 metadata, 15 agent, 16 ttl, 17 error if there is no session, 18 error if a fork creates it
local said = settled_before()
if said then
  return said
end
accept_loss()
if redis.call('EXISTS', ctx) == 0 then
  return settle(ARGV[17])
end
if redis.call('HEXISTS', ctx, 'fork') == 1 then
  return settle(ARGV[18])
end
if ARGV[14] ~= '' and (redis.call('HGET', ctx, 'metadata') or '{}') ~= ARGV[13] then
  return {'MOVED'}
end
for field, value in pairs({metadata = ARGV[14], agent = ARGV[15], ttl = ARGV[16]}) do
  if value ~= '' then
    redis.call('HSET', ctx, field, value)
  end
end
redis.call('HSET', ctx, 'fence', fence, 'last_activity', now_ms())
return settle('')
