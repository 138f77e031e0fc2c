-- A session is forgotten: context, history and the records of ended requests. Open requests are later asks and stay.
-- The tombstone lets older records of the log pass silently, so that nothing late brings the session back.
local ctx, hist, reqs, tomb = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local fence, partition, offset, request_prefix, tomb_ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local grave = redis.call('HMGET', tomb, 'partition', 'offset', 'fence', 'at')
if grave[1] == partition and tonumber(offset) <= tonumber(grave[2])
  and tonumber(ARGV[6]) <= tonumber(grave[4]) + 3600000 then
  return {'ERASED'}
end
local owner = tonumber(redis.call('HGET', ctx, 'fence') or 0)
if owner < tonumber(grave[3] or 0) then
  owner = tonumber(grave[3])
end
if owner > tonumber(fence) then
  return {'FENCED'}
end

local ended = {completed = true, failed = true, cancelled = true, superseded = true, rejected = true}
for _, request_id in ipairs(redis.call('ZRANGE', reqs, 0, -1)) do
  local req = request_prefix .. request_id
  local status = redis.call('HGET', req, 'status')
  if not status or ended[status] then
    redis.call('DEL', req)
    redis.call('ZREM', reqs, request_id)
  end
end
redis.call('DEL', ctx, hist)
redis.call('HSET', tomb, 'partition', partition, 'offset', offset, 'fence', fence, 'at', ARGV[6])
redis.call('PEXPIRE', tomb, tomb_ttl)
return {'ERASED'}
