-- Put before every script when it is loaded: Redis 6.2 has no functions that scripts could share.
local ended = {completed = true, failed = true, cancelled = true, superseded = true, rejected = true}

-- Epoch milliseconds by Redis' own clock, as text: one clock for deadlines and ages, whoever asks.
local function now_ms()
  local time = redis.call('TIME')
  return string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
end

-- The newest owner that has been here. A context may expire under a turn that takes longer, so every key of the session
-- that knows a fence is asked.
local function fenced(fence, keys)
  for _, key in ipairs(keys) do
    if tonumber(redis.call('HGET', key, 'fence') or 0) > tonumber(fence) then
      return true
    end
  end
  return false
end

-- Whether the session was deleted after this record was logged. Offsets start anew with a topic that was made anew: what
-- was logged long after the deletion isn't older than it.
local function erased(tomb, partition, offset, logged_at)
  local grave = redis.call('HMGET', tomb, 'partition', 'offset', 'at')
  return grave[1] == partition and tonumber(offset) <= tonumber(grave[2])
    and tonumber(logged_at) <= tonumber(grave[3]) + 3600000
end

-- Whether this request was erased with its session, and its turn logged once more behind the deletion: asked of one that
-- has no record. Its time says nothing: an honest question may be asked before a deletion and logged after it, and then it
-- begins the new life.
local function erased_by_name(tomb, request_id)
  return string.find(redis.call('HGET', tomb, 'erased') or '', request_id .. ' ', 1, true) ~= nil
end

-- How a request ended, for whoever has to tell it again; the last says whether its copy stands in quarantine already.
local function ending(req)
  local was = redis.call('HMGET', req, 'status', 'attempt', 'answer', 'error', 'quarantined', 'reason', 'by')
  return {'ENDED', was[1], tonumber(was[2] or 0), was[3] or '', was[4] or '', tonumber(was[5] or 0), was[6] or '', was[7] or ''}
end

-- Whether somebody doesn't want this turn's answer any more: it may only end as cancelled then.
local function unwanted(req)
  return redis.call('HEXISTS', req, 'cancel_requested') == 1
end

-- A turn that never began ends, with neither answer nor error; its session doesn't notice.
local function dismiss(req, open, request_id, status, reason, by, record_ttl)
  redis.call('HSET', req, 'status', status, 'stage', status, 'reason', reason, 'by', by, 'finished_at', now_ms())
  redis.call('PEXPIRE', req, record_ttl)
  redis.call('ZREM', open, request_id)
  return ending(req)
end

-- One more turn in history, which is trimmed by count and length; the session has a new version by that.
local function remember(ctx, hist, turn, most_turns, most_bytes, next_version)
  redis.call('RPUSH', hist, turn)
  local bytes = redis.call('HINCRBY', ctx, 'hist_bytes', #turn)
  local turns = redis.call('LLEN', hist)
  while turns > most_turns or (bytes > most_bytes and turns > 1) do
    bytes = redis.call('HINCRBY', ctx, 'hist_bytes', -#redis.call('LPOP', hist))
    turns = turns - 1
  end
  redis.call('HSET', ctx, 'version', next_version)
  return turns
end

-- For how many milliseconds more another flight of this request may end by itself, though its partition has left (leave.lua);
-- 0 where nobody is to be waited for. A clock that was put back must not stretch it: no handover is longer than a minute.
local function leaving(req, flight)
  local was = redis.call('HMGET', req, 'status', 'flight', 'leaving_until')
  if was[1] ~= 'running' or was[2] == flight or not was[3] then
    return 0
  end
  local left = tonumber(was[3]) - tonumber(now_ms())
  return left <= 60000 and math.max(0, left) or 0
end

-- A flight that was counted as a crash, because the next owner was faster, speaks up: its processor only slept.
local function pardon(req, flight)
  local blamed = redis.call('HGET', req, 'blamed') or ''
  local from, to = string.find(blamed, flight .. ' ', 1, true)
  if from then
    redis.call('HINCRBY', req, 'crashes', -1)
    redis.call('HSET', req, 'blamed', string.sub(blamed, 1, from - 1) .. string.sub(blamed, to + 1))
  end
end

-- Why a flight can't store what came of it, as its reply; nil where it can.
local function not_to_settle(ctx, req, fence, flight, status, stored_flight)
  if status and ended[status] then
    return ending(req)
  end
  -- A record that never named a flight was made anew: memory was lost under this one.
  if not status or not stored_flight or redis.call('EXISTS', ctx) == 0 then
    return {'GONE'}
  end
  if fenced(fence, {ctx}) or stored_flight ~= flight then
    pardon(req, flight)
    return {'FENCED'}
  end
  return unwanted(req) and {'UNWANTED'} or nil
end

-- From now on the session lives without activity for as long as it was given; said in ms.
local function live_on(ctx, hist)
  local ttl = redis.call('HGET', ctx, 'ttl')
  redis.call('PEXPIRE', ctx, ttl)
  redis.call('PEXPIRE', hist, ttl)
  return tonumber(ttl)
end

-- A request ends without an answer, and its session goes on.
local function give_up(ctx, hist, req, open, request_id, error, record_ttl)
  redis.call('HSET', req, 'status', 'failed', 'stage', 'failed', 'error', error, 'finished_at', now_ms())
  redis.call('HDEL', req, 'leaving_until')
  redis.call('PEXPIRE', req, record_ttl)
  redis.call('ZREM', open, request_id)
  if redis.call('EXISTS', ctx) == 1 then
    redis.call('HSET', ctx, 'processing_stage', 'failed')
    redis.call('HDEL', ctx, 'current_question')
    live_on(ctx, hist)
  end
  return ending(req)
end
