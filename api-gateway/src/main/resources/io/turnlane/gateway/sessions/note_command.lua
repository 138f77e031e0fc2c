-- Creates the request record of a command that changes a session and counts the command as open, before the command is
-- published. Does nothing if the session has the maximum number of open turns and commands, or if the commands that are
-- open hold too many bytes. Running the script again for the same command changes nothing.
-- KEYS 1 request record, 2 requests of the session, 3 open, 4 context, 5 history
-- ARGV 1 request id, 2 type, 3 now, 4 ttl of the record (ms), 5 bytes that the command occupies until it is done, or 0,
--      6 maximum number of open turns and commands, 7 maximum number of bytes, 8 prefix of request keys
-- Returns {'noted'}; {'full', number of open turns and commands}; or {'large', bytes of the open commands}
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'noted'}
end
local now, retention, bytes = tonumber(ARGV[3]), tonumber(ARGV[4]), 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  local was = redis.call('HMGET', ARGV[8] .. id, 'status', 'bytes')
  if was[1] then
    bytes = bytes + tonumber(was[2] or 0)
  elseif tonumber(redis.call('ZSCORE', KEYS[3], id)) < now - retention then
    redis.call('ZREM', KEYS[3], id) -- its record has expired
  end
end
local open = redis.call('ZCARD', KEYS[3])
if open >= tonumber(ARGV[6]) then
  return {'full', open}
end
-- A command that is larger than the maximum can run alone.
local own = tonumber(ARGV[5])
if own > 0 and bytes > 0 and bytes + own > tonumber(ARGV[7]) then
  return {'large', bytes}
end
redis.call('HSET', KEYS[1], 'type', ARGV[2], 'status', 'queued', 'question', '', 'agent', '', 'created_at', ARGV[3],
  'attempt', 0, 'phases', '{"RECEIVED":' .. ARGV[3] .. '}', 'bytes', ARGV[5])
redis.call('PEXPIRE', KEYS[1], retention)
for _, index in ipairs({KEYS[2], KEYS[3]}) do
  redis.call('ZADD', index, ARGV[3], ARGV[1])
  redis.call('PEXPIRE', index, retention)
end
-- A session with open commands lives as long as their records. The processor that ends the last one sets the session's
-- own time to live.
local ttl = redis.call('HGET', KEYS[4], 'ttl')
if ttl then
  local life = math.max(retention, tonumber(ttl))
  redis.call('PEXPIRE', KEYS[4], life)
  redis.call('PEXPIRE', KEYS[5], life)
end
return {'noted'}
