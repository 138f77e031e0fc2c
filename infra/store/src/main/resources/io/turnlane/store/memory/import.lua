-- Replaces the session's state. An import that completes a fork has an effect only if the session doesn't exist, or if
-- the fork itself reserved it.
-- ARGV 11 version, 12 session id, 13 user id, 14 agent, 15 metadata, 16 ttl, 17 the session's created_at,
--      18 request_count, 19 total_processing_time, 20 '1' for the import of a fork, 21 error if the session was deleted,
--      22 error if another session exists, 23 error if a fork is creating it, then the turns of history, oldest first
local said = settled_before()
if said then
  return said
end
local exists, fork = redis.call('EXISTS', ctx) == 1, redis.call('HGET', ctx, 'fork')
local later = {}
if ARGV[20] == '1' then
  -- If the session was deleted after the fork was requested, the fork must not restore the session.
  local deleted_at = redis.call('HGET', tomb, 'at')
  if not exists and deleted_at and tonumber(deleted_at) >= tonumber(ARGV[7]) then
    return settle(ARGV[21])
  end
  if exists and fork ~= request_id then
    return settle(ARGV[22])
  end
  later = exists and redis.call('LRANGE', hist, 0, -1) or later -- turns asked despite the fork's reservation of the id
elseif fork then
  return settle(ARGV[23])
end

redis.call('DEL', hist)
local bytes, first = 0, 24
for i = first, #ARGV do
  redis.call('RPUSH', hist, ARGV[i])
  bytes = bytes + #ARGV[i]
end
for _, blob in ipairs(later) do
  redis.call('RPUSH', hist, blob)
  bytes = bytes + #blob
end
redis.call('HDEL', ctx, 'fork', 'memory', 'current_question')
redis.call('HSET', ctx, 'session_id', ARGV[12], 'user_id', ARGV[13], 'agent', ARGV[14], 'metadata', ARGV[15],
  'ttl', ARGV[16], 'created_at', ARGV[17], 'request_count', ARGV[18], 'total_processing_time', ARGV[19],
  'version', ARGV[11], 'fence', fence, 'hist_bytes', bytes, 'last_activity', now_ms(), 'processing_stage', 'initialized')
return settle('')
