-- Notes in a request's record that nobody wants its answer any more. From then on it may only end as cancelled: whoever
-- runs it looks here when it begins and when it stores. The same again changes nothing.
--
-- KEYS 1 request
-- ARGV 1 the client's reason, or ''
-- Returns 'unknown', 'ended', 'noted', or 'change' of a command that asks nothing

local status = redis.call('HGET', KEYS[1], 'status')
if not status then
  return 'unknown'
end
local ended = {completed = true, failed = true, cancelled = true, superseded = true, rejected = true}
if ended[status] then
  return 'ended'
end
if redis.call('HEXISTS', KEYS[1], 'type') == 1 then
  return 'change'
end
local time = redis.call('TIME')
local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
if redis.call('HSETNX', KEYS[1], 'cancel_requested', now) == 1 and ARGV[1] ~= '' then
  redis.call('HSET', KEYS[1], 'cancel_reason', ARGV[1])
end
return 'noted'
