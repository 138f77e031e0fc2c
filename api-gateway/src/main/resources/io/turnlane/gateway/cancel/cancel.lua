-- Marks a request record as cancelled. From then on the request can only end as cancelled: the scripts that begin an
-- attempt and commit its answer check the mark. Running the script again changes nothing.
--
-- KEYS 1 request
-- ARGV 1 reason of the client, or '', 2 '1' if the cancel is on the turns topic
-- Returns 'unknown', 'ended', 'noted' (marked), 'logged' (marked, and the cancel is on the turns topic), or 'change' for a
--         command that changes its session

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
if ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], 'cancel_logged', 1)
end
return redis.call('HEXISTS', KEYS[1], 'cancel_logged') == 1 and 'logged' or 'noted'
