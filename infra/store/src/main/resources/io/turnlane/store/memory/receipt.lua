-- Shared part of the scripts for commands that change a session and ask no question: update, import, fork. Each command
-- has a request record that contains its result. A command is applied once, even if it is delivered several times.
-- Loaded after common.lua.
--
-- ARGV 1 fence, 2 partition, 3 offset, 4 timestamp of the record, 5 request id, 6 created_at, 7 lifetime of the request
--      record, 8 '1' if a command of this age without a request record counts as ended, 9 '1' if the caller has checked
--      that a missing request record was not lost, or that it can't be restored, 10 to 12 fields of the request record
local fence, request_id = ARGV[1], ARGV[5]
local record, session = read(req, 'status', 'fence'), read_session()

-- Returns the reply for a command that must not be applied now; nil if the command must be applied.
local function settled_before()
  local refusal = not_owned(fence, ARGV[2], ARGV[3], ARGV[4], session, record)
  if refusal then
    return refusal
  end
  local status = record.status
  if (status and ended[status]) or (not status and ARGV[8] == '1') then
    return {'DONE', status or ''}
  end
  -- Gateways create the record before the command is logged. If the record is missing, Redis has possibly lost it.
  local lost = memory_lost(session) or (not status and record_lost(request_id))
  if ARGV[9] ~= '1' and (not status or lost) then
    return {'MISSED', lost and 1 or 0}
  end
end

-- If the caller has checked for a loss and memory is still lost, stores in the context that it could not be restored. The
-- next turn then reports the loss, and later commands do not wait for another rebuild. Called only if the command must be
-- applied.
local function accept_loss()
  if ARGV[9] == '1' and session.ttl and memory_lost(session) then
    local kept = redis.call('EXISTS', hist) == 1
    redis.call('HSET', ctx, 'memory', kept and 'damaged' or 'reset')
    if not kept then
      redis.call('HSET', ctx, 'hist_bytes', 0, 'version', '')
      redis.call('DEL', life_key(ctx)) -- it contains the number of lost turns
    end
  end
end

-- Ends the command as completed if the error is ''. Otherwise ends it as failed with this error (JSON).
local function settle(error)
  local status, now = error == '' and 'completed' or 'failed', now_ms()
  if redis.call('EXISTS', req) == 0 then
    create_request(req, {reqs},
      {id = request_id, created_at = ARGV[6], agent = '', deadline = '', ttl = ARGV[7], fields = 10})
  end
  redis.call('HSET', req, 'status', status, 'stage', status, 'attempt', 1, 'started_at', now, 'finished_at', now,
    'fence', fence, 'partition', ARGV[2], 'offset', ARGV[3])
  if error ~= '' then
    redis.call('HSET', req, 'error', error)
  end
  pass(req, 'QUEUED', ARGV[4])
  pass(req, 'DEQUEUED', now)
  pass(req, error == '' and 'COMPLETED' or 'ERROR', now)
  redis.call('PEXPIRE', req, ARGV[7])
  redis.call('ZADD', reqs, 'NX', ARGV[6], request_id)
  redis.call('PEXPIRE', reqs, ARGV[7])
  redis.call('ZREM', open, request_id)
  local is = redis.call('HMGET', ctx, 'ttl', 'fork')
  if is[1] and not is[2] then
    live_on(is[1], ARGV[7])
  end
  return {'DONE', status}
end

