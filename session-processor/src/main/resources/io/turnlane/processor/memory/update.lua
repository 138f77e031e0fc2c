-- Changes the session's context; a value of '' leaves a field unchanged. The caller merged the metadata with the
-- expected one.
-- ARGV 12 expected metadata, 13 metadata, 14 agent, 15 ttl, 16 error if there is no session, 17 error if a fork creates it
local said = settled_before()
if said then
  return said
end
if redis.call('EXISTS', ctx) == 0 then
  return settle(ARGV[16])
end
if redis.call('HEXISTS', ctx, 'fork') == 1 then
  return settle(ARGV[17])
end
if ARGV[13] ~= '' and (redis.call('HGET', ctx, 'metadata') or '{}') ~= ARGV[12] then
  return {'MOVED'}
end
for field, value in pairs({metadata = ARGV[13], agent = ARGV[14], ttl = ARGV[15]}) do
  if value ~= '' then
    redis.call('HSET', ctx, field, value)
  end
end
redis.call('HSET', ctx, 'fence', fence, 'last_activity', now_ms())
keep(redis.call('HGET', ctx, 'ttl'))
return settle('')
