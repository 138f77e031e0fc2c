-- Changes the session's context. A value of '' leaves a field unchanged. The caller has merged the new metadata with
-- the metadata that it read before (the expected metadata). If the stored metadata has changed since, the script
-- changes nothing and the caller tries again.
-- ARGV 11 expected metadata, 12 metadata, 13 agent, 14 ttl, 15 error if there is no session, 16 error if a fork creates it
local said = settled_before()
if said then
  return said
end
accept_loss()
if redis.call('EXISTS', ctx) == 0 then
  return settle(ARGV[15])
end
if redis.call('HEXISTS', ctx, 'fork') == 1 then
  return settle(ARGV[16])
end
if ARGV[12] ~= '' and (redis.call('HGET', ctx, 'metadata') or '{}') ~= ARGV[11] then
  return {'MOVED'}
end
for field, value in pairs({metadata = ARGV[12], agent = ARGV[13], ttl = ARGV[14]}) do
  if value ~= '' then
    redis.call('HSET', ctx, field, value)
  end
end
redis.call('HSET', ctx, 'fence', fence, 'last_activity', now_ms())
return settle('')
