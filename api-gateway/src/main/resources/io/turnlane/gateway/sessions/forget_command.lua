-- Removes a command that was not published: its record, and the reserved session if it is a fork. A command that was
-- possibly published keeps both, but no longer counts as open.
-- KEYS 1 request record, 2 requests of the session, 3 context, 4 open, 5 history
-- ARGV 1 request id, 2 '1' if the command was possibly published
redis.call('ZREM', KEYS[4], ARGV[1])
if ARGV[2] == '0' and redis.call('HGET', KEYS[1], 'status') == 'queued' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
end
local was = redis.call('HMGET', KEYS[3], 'fork', 'ttl')
if ARGV[2] == '0' and was[1] == ARGV[1] then
  redis.call('DEL', KEYS[3], KEYS[5])
elseif was[2] and not was[1] and redis.call('ZCARD', KEYS[4]) == 0 then
  redis.call('PEXPIRE', KEYS[3], was[2]) -- without open turns and commands, the session has its own time to live again
  redis.call('PEXPIRE', KEYS[5], was[2])
end
return 1
