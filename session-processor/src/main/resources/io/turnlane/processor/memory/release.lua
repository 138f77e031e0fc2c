-- A flight is given back unfinished, because its partition left or the processor stops: it waits again, and is no crash.
local req = KEYS[1]
local flight = ARGV[1]

local was = redis.call('HMGET', req, 'status', 'flight')
if was[1] == 'running' and was[2] == flight then
  redis.call('HSET', req, 'status', 'queued', 'stage', 'queued', 'flight', '')
end
return {'RELEASED'}
