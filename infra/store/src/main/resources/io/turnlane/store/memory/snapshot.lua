-- Returns the session's current state for a fork. The session's earlier commands have been applied.
local said = settled_before()
if said then
  return said
end
accept_loss()
if redis.call('EXISTS', ctx) == 0 then
  return {'NONE'}
end
redis.call('HSET', ctx, 'fence', fence) -- previous owners can no longer write
local is = redis.call('HMGET', ctx, 'agent', 'metadata', 'ttl', 'created_at', 'fork', 'states')
if is[5] then
  return {'MAKING'}
end
return {'STATE', is[1] or '', is[2] or '{}', is[3] or '', is[4] or '0', redis.call('LRANGE', hist, 0, -1),
  is[6] or ''}
