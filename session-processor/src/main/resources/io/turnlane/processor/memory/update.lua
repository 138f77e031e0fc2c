-- The session's context changes: what is '' stays. The metadata was merged outside, with what it was expected to be.
-- ARGV 12 expected metadata, 13 metadata, 14 agent, 15 ttl, 16 error where there is no session, 17 where it is being made
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
