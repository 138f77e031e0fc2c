-- Marks a request record as cancelled. From then on the request can only end as cancelled: the scripts that begin an
-- attempt and commit its answer check the mark. Running the script again changes nothing.
--
-- KEYS 1 request
-- ARGV 1 reason of the client, or '', 2 '1' if the cancel is on the turns topic
-- Returns {'unknown'}, {'ended'}, {'noted'} (marked), {'logged'} (marked, and the cancel is on the turns topic), or
--         {'change'} for a command that changes its session
local req = KEYS[1]
local was = redis.call('HMGET', req, 'status', 'type', 'cancel_logged')
if not was[1] then
  return {'unknown'}
elseif ended[was[1]] then
  return {'ended'}
elseif was[2] then
  return {'change'}
end
mark_cancelled(req, now_ms(), ARGV[1], '')
if ARGV[2] == '1' then
  redis.call('HSET', req, 'cancel_logged', 1)
end
return {(was[3] or ARGV[2] == '1') and 'logged' or 'noted'}
