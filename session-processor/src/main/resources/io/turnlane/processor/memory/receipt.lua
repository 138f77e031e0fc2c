-- Commands that change a session and aren't questions: update, import, fork. Each has a request record, which says how it
-- ended, and makes it happen once however often it is delivered. Stands in front of their scripts, behind common.lua.
--
-- KEYS 1 context, 2 history, 3 request, 4 requests, 5 open, 6 tombstone
-- ARGV 1 fence, 2 partition, 3 offset, 4 logged at, 5 request id, 6 type, 7 created at, 8 how long its record lives,
--      9 how long a session is kept at least while turns of it are open, 10 '1' where the record is so old that one
--      without a request record ended long ago, 11 '1' where what memory misses is known not to come back
local ctx, hist, req, reqs, open, tomb = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local fence, request_id = ARGV[1], ARGV[5]

-- What to say without doing anything; nil where it is to be done now.
local function settled_before()
  if erased(tomb, ARGV[2], ARGV[3], ARGV[4]) then
    return {'DONE', ''}
  end
  if fenced(fence, {ctx, tomb, req}) then
    return {'FENCED'}
  end
  local status = redis.call('HGET', req, 'status')
  if (status and ended[status]) or (not status and ARGV[10] == '1') then
    return {'DONE', status or ''}
  end
  if not status and ARGV[11] ~= '1' then
    return {'MISSED'} -- gateways make it before the command is logged: memory may have been lost
  end
end

-- It ends; with an error where one is given, as JSON.
local function settle(error)
  local status, now = error == '' and 'completed' or 'failed', now_ms()
  redis.call('HSET', req, 'type', ARGV[6], 'status', status, 'stage', status, 'question', '', 'agent', '',
    'created_at', ARGV[7], 'attempt', 1, 'started_at', now, 'finished_at', now, 'fence', fence,
    'partition', ARGV[2], 'offset', ARGV[3])
  if error ~= '' then
    redis.call('HSET', req, 'error', error)
  end
  redis.call('PEXPIRE', req, ARGV[8])
  redis.call('ZADD', reqs, 'NX', ARGV[7], request_id)
  redis.call('PEXPIRE', reqs, ARGV[8])
  return {'DONE', status}
end

-- As long as the session lives without activity, and not less than a turn that waits behind this may need.
local function keep(ttl)
  if redis.call('ZCARD', open) > 0 then
    ttl = math.max(tonumber(ttl), tonumber(ARGV[9]))
  end
  redis.call('PEXPIRE', ctx, ttl)
  redis.call('PEXPIRE', hist, ttl)
end
