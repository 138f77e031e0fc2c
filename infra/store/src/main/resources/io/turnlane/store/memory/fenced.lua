-- Functions of the scripts that change memory. Each of these scripts begins with this file, after common.lua.

-- Keys of every script for one request, in the order of FlightRef.java. A script for a whole session has the same keys,
-- with another one in place of the request or without it.
local ctx, hist, req, reqs, open, tomb = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]

-- Returns the fields of the context that most scripts check. "ttl" is nil if the context does not exist.
local function read_session()
  return read(ctx, 'fence', 'version', 'ttl', 'hist_bytes', 'memory')
end

-- Returns the fields of the tombstone; all nil if the session was not deleted.
local function read_tombstone()
  return read(tomb, 'partition', 'offset', 'at', 'fence')
end

-- Returns true if a newer owner of the partition has written one of these hashes. The context can expire while a long
-- turn runs, so callers also pass other hashes of the session that contain a fence.
local function fenced(fence, ...)
  for _, hash in ipairs({...}) do
    if tonumber(hash.fence or 0) > tonumber(fence) then
      return true
    end
  end
  return false
end

-- Returns true if the session was deleted after this record was logged. If the topic was recreated, offsets have
-- started again at 0. A record that was logged more than an hour after the deletion therefore counts as newer, even if
-- its offset is lower.
local function erased(tombstone, partition, offset, logged_at)
  return tombstone.partition == partition and tonumber(offset) <= tonumber(tombstone.offset)
    and tonumber(logged_at) <= tonumber(tombstone.at) + 3600000
end

-- Returns the reply for a record of a deleted session, and for a caller that no longer owns the partition; nil for all
-- others.
local function not_owned(fence, partition, offset, logged_at, session, record)
  local tombstone = read_tombstone()
  if erased(tombstone, partition, offset, logged_at) then
    return {'ERASED'}
  end
  if fenced(fence, session, tombstone, record) then
    return {'FENCED'}
  end
end

-- Returns true if the tombstone contains the id of this request: the request was erased with its session, and a
-- duplicate of its turn was logged after the deletion. Called only if the request has no record. Timestamps do not
-- suffice, because a question that was asked before a deletion can be logged for the first time after it. Such a
-- question creates the session again.
local function erased_by_name(request_id)
  return string.find(redis.call('HGET', tomb, 'erased') or '', request_id .. ' ', 1, true) ~= nil
end

-- Returns the terminal state of a request, from which callers publish its terminal event. The sixth value is 1 if the
-- copy of a failed turn is in quarantine. The last values are the states of agents if this turn was the last one to
-- change them, otherwise '', and the usage of the turn.
local function ending(req)
  local states = redis.call('HGET', ctx, 'states_by') == req and redis.call('HGET', ctx, 'states') or ''
  local was = redis.call('HMGET', req, 'status', 'attempt', 'answer', 'error', 'quarantined', 'reason', 'by', 'usage')
  return {'ENDED', was[1], tonumber(was[2] or 0), was[3] or '', was[4] or '', tonumber(was[5] or 0), was[6] or '',
    was[7] or '', states, was[8] or ''}
end

-- Stores the usage of the turn's attempts until now, and adds what is new to the usage of the session. Also adds it to
-- the session's usage of this day (UTC), which has a key of its own, because it must outlive the session. The caller
-- adds this usage to the one of the user, which is in another hash slot (count_usage.lua). "total" is '' if no model was
-- called. Must be called at most once for each flight.
local function spend(total, flight)
  if total == '' then
    return
  end
  local added = add_usage(total, redis.call('HGET', req, 'usage'), -1)
  redis.call('HSET', req, 'usage', total)
  if redis.call('EXISTS', ctx) == 1 then
    redis.call('HSET', ctx, 'usage', add_usage(redis.call('HGET', ctx, 'usage'), added, 1))
  end
  local spent, today = string.sub(ctx, 1, -4) .. 'spent', string.format('%d', math.floor(now_ms() / 86400000))
  local was = read(spent, 'day', 'usage')
  if was.day ~= today then
    redis.call('HSET', spent, 'day', today, 'id', flight)
    was.usage = nil
  end
  redis.call('HSET', spent, 'usage', add_usage(was.usage, added, 1))
  redis.call('PEXPIRE', spent, 172800000)
end

-- Returns true if cancellation was requested. The turn can then only end as cancelled.
local function unwanted(req)
  return redis.call('HEXISTS', req, 'cancel_requested') == 1
end

-- Restarts the time after which the session expires without activity. This time is the session's time to live. If the
-- session has open turns, it is at least the lifetime of a request record. Returns the time to live (ms).
local function live_on(ttl, record_ttl)
  ttl = tonumber(ttl)
  local life = redis.call('ZCARD', open) > 0 and math.max(ttl, tonumber(record_ttl)) or ttl
  expire_session(ctx, hist, life)
  keep_alive(ctx, hist, ttl, record_ttl)
  return ttl
end

-- Returns true if Redis lost the session's context or history although neither expired nor was deleted. Context and
-- history expire within milliseconds of each other, so a history that lives longer shows a loss. If a gateway created a
-- context in place of a lost one, its field memory is 'lost'.
local function memory_lost(session)
  if session.ttl then
    return session.memory == 'lost' or (tonumber(session.hist_bytes or 0) > 0 and redis.call('EXISTS', hist) == 0)
  end
  return known_life(ctx) > tonumber(now_ms()) + 1000 or redis.call('PTTL', hist) > 1000
end

-- Returns true if the request has no record although the session's indexes contain it. Redis then lost the record.
local function record_lost(request_id)
  return redis.call('ZSCORE', reqs, request_id) or redis.call('ZSCORE', open, request_id)
end

-- Stores the time at which the request passed a lifecycle phase, unless the record already contains a time for this
-- phase.
local function pass(req, phase, at)
  local phases = cjson.decode(redis.call('HGET', req, 'phases') or '{}')
  phases[phase] = phases[phase] or tonumber(at)
  redis.call('HSET', req, 'phases', cjson.encode(phases))
end

-- Stores the last phase of a request that ended without an answer. The phase is TIMEOUT if a time limit was exceeded,
-- otherwise ERROR.
local function pass_end(req, error)
  local code = error ~= '' and cjson.decode(error).code or ''
  local late = code == 'agent_timeout' or code == 'deadline_exceeded' or code == 'expired'
  pass(req, late and 'TIMEOUT' or 'ERROR', now_ms())
end

-- Ends a turn in its request record only; context and history stay unchanged.
local function dismiss(req, request_id, status, reason, by, record_ttl)
  pass_end(req, status == 'failed' and redis.call('HGET', req, 'error') or '')
  redis.call('HSET', req, 'status', status, 'stage', status, 'reason', reason, 'by', by, 'finished_at', now_ms())
  redis.call('PEXPIRE', req, record_ttl)
  redis.call('ZREM', open, request_id)
  return ending(req)
end

-- Appends a turn to history and trims history by count and size. Returns the number of turns and their bytes, which the
-- caller stores in the context with a new version.
local function remember(session, turn, most_turns, most_bytes)
  local turns, bytes = redis.call('RPUSH', hist, turn), tonumber(session.hist_bytes or 0) + #turn
  while turns > most_turns or (bytes > most_bytes and turns > 1) do
    turns, bytes = turns - 1, bytes - #redis.call('LPOP', hist)
  end
  return turns, bytes
end

-- Returns the time in ms for which another flight of this request is still allowed to end the turn, because it is in a
-- handover (leave.lua). Returns 0 if there is no such flight. Also returns 0 if the stored end of the handover is more
-- than a minute away. The clock was then set back, because no handover is longer than a minute.
local function leaving(record, flight)
  if record.status ~= 'running' or record.flight == flight or not record.leaving_until then
    return 0
  end
  local left = tonumber(record.leaving_until) - tonumber(now_ms())
  return left <= 60000 and math.max(0, left) or 0
end

-- If the next owner counted a crash for this flight, subtracts it again. This flight still makes calls, so its
-- processor was only paused and did not crash.
local function pardon(flight)
  local blamed = redis.call('HGET', req, 'blamed') or ''
  local from, to = string.find(blamed, flight .. ' ', 1, true)
  if from then
    redis.call('HINCRBY', req, 'crashes', -1)
    redis.call('HSET', req, 'blamed', string.sub(blamed, 1, from - 1) .. string.sub(blamed, to + 1))
  end
end

-- Returns the reply for a flight that can't store its outcome; nil if the flight can store it. "record" has at least
-- the fields status, flight and cancel_requested.
local function not_to_settle(session, record, fence, flight)
  if record.status and ended[record.status] then
    return ending(req)
  end
  -- If the record contains no flight id, it was created again after Redis had lost the data of this flight.
  if not record.status or not record.flight or not session.ttl or memory_lost(session) then
    return {'GONE'}
  end
  if fenced(fence, session) or record.flight ~= flight then
    pardon(flight)
    return {'FENCED'}
  end
  return record.cancel_requested and {'UNWANTED'} or nil
end

-- Ends a request as failed.
local function give_up(session, request_id, error, record_ttl)
  pass_end(req, error)
  redis.call('HSET', req, 'status', 'failed', 'stage', 'failed', 'error', error, 'finished_at', now_ms())
  redis.call('HDEL', req, 'leaving_until')
  redis.call('PEXPIRE', req, record_ttl)
  redis.call('ZREM', open, request_id)
  if session.ttl then
    redis.call('HSET', ctx, 'processing_stage', 'failed', 'current_question', '')
    live_on(session.ttl, record_ttl)
  end
  return ending(req)
end
