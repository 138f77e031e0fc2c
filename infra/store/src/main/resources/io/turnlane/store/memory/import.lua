-- Replaces the session's state. An import that completes a fork has an effect only if the session doesn't exist, or if
-- the fork itself reserved it.
-- ARGV 13 version, 14 session id, 15 user id, 16 agent, 17 metadata, 18 ttl, 19 the session's created_at,
--      20 request_count, 21 total_processing_time, 22 '1' for the import of a fork, 23 error if the session was deleted,
--      24 error if another session exists, 25 error if a fork is creating it, 26 states of agents or '', then the turns of
--      history, oldest first
local said = settled_before()
if said then
  return said
end
local exists, fork = redis.call('EXISTS', ctx) == 1, redis.call('HGET', ctx, 'fork')
local later = {}
if ARGV[22] == '1' then
  -- If the session was deleted after the fork was requested, the fork must not restore the session.
  local deleted_at = redis.call('HGET', tomb, 'at')
  if not exists and deleted_at and tonumber(deleted_at) >= tonumber(ARGV[6]) then
    return settle(ARGV[23])
  end
  if exists and fork ~= request_id then
    return settle(ARGV[24])
  end
  later = exists and redis.call('LRANGE', hist, 0, -1) or later -- turns asked despite the fork's reservation of the id
elseif fork then
  return settle(ARGV[25])
end

redis.call('DEL', hist, life_key(ctx))
local bytes, first = 0, 27
for i = first, #ARGV do
  redis.call('RPUSH', hist, ARGV[i])
  bytes = bytes + #ARGV[i]
end
for _, blob in ipairs(later) do
  redis.call('RPUSH', hist, blob)
  bytes = bytes + #blob
end
redis.call('HDEL', ctx, 'fork', 'memory', 'current_question', 'states', 'states_by')
if ARGV[26] ~= '' then
  redis.call('HSET', ctx, 'states', ARGV[26])
end
redis.call('HSET', ctx, 'session_id', ARGV[14], 'user_id', ARGV[15], 'agent', ARGV[16], 'metadata', ARGV[17],
  'ttl', ARGV[18], 'created_at', ARGV[19], 'request_count', ARGV[20], 'total_processing_time', ARGV[21],
  'version', ARGV[13], 'fence', fence, 'hist_bytes', bytes, 'last_activity', now_ms(), 'processing_stage', 'initialized')
return settle('')
