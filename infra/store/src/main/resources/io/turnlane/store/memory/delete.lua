-- Deletes a session: its context, its history and the records of its ended requests. Keeps open requests, because they
-- were asked after the deletion. Stores a tombstone, so that records that were logged before the deletion have no
-- effect if they are delivered later. The tombstone also contains the ids of the newest erased requests, because a
-- gateway that publishes a question again can log its duplicate after the deletion. Keeps idempotency claims until they
-- expire, without the hash of the request's body. The request record of the deletion itself is removed, and clients
-- read the tombstone instead. The ids in the tombstone include the deletion's own id, because gateways count a turn or
-- command without a record as open if it is recent and not in the tombstone. Returns the number of open requests.
local rebuilt = KEYS[7]
local fence, partition, offset, logged_at, request_prefix, tomb_ttl, most_names, prefix, own_id =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]

local function forget_own()
  redis.call('DEL', req)
  redis.call('ZREM', reqs, own_id)
  redis.call('ZREM', open, own_id)
end

local tombstone = read_tombstone()
if erased(tombstone, partition, offset, logged_at) then
  forget_own()
  return {'ERASED', redis.call('ZCARD', open)}
end
if fenced(fence, read_session(), tombstone) then
  return {'FENCED'}
end

local asked_at = redis.call('HGET', req, 'created_at') or logged_at
forget_own()
local erased_names = {own_id .. ' '} -- each followed by a space, newest first
for _, request_id in ipairs(redis.call('ZREVRANGE', reqs, 0, -1)) do
  local req = request_prefix .. request_id
  local status = redis.call('HGET', req, 'status')
  -- True if the request was accepted more than a minute before the deletion and never began. Its gateway has probably
  -- crashed before it published the question. If the question is delivered nevertheless, begin.lua creates the record
  -- again.
  local never_came = status == 'queued'
    and tonumber(redis.call('HGET', req, 'created_at') or 0) + 60000 < tonumber(logged_at)
  if not status or ended[status] or never_came then
    local claim = redis.call('HGET', req, 'claim')
    if claim and string.sub(claim, 1, #prefix) == prefix and redis.call('EXISTS', claim) == 1 then
      redis.call('HSET', claim, 'body', '')
    end
    redis.call('DEL', req, prefix .. 'redriven:' .. request_id)
    redis.call('ZREM', reqs, request_id)
    redis.call('ZREM', open, request_id)
  end
  if not status or ended[status] then
    erased_names[#erased_names + 1] = request_id .. ' '
  end
end
local names = table.concat(erased_names) .. (redis.call('HGET', tomb, 'erased') or '')
redis.call('DEL', ctx, hist, rebuilt, life_key(ctx))
redis.call('HSET', tomb, 'partition', partition, 'offset', offset, 'fence', fence, 'at', logged_at,
  'deletion', own_id, 'asked_at', asked_at, 'done_at', now_ms(),
  'erased', string.sub(names, 1, tonumber(most_names) * 37)) -- length of a UUID and its space
redis.call('PEXPIRE', tomb, tomb_ttl)
return {'ERASED', redis.call('ZCARD', open)}
