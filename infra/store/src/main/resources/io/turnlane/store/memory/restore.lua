-- Restores data of a session that the log contains and Redis does not: its history, the results of ended requests, the
-- records of open requests, and its deletion. Existing data is kept, including data that newer turns have stored
-- meanwhile. A repeated call changes nothing.
local rebuilt = KEYS[3]
local fence, partition, request_prefix, record_ttl, tomb_ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local command, deleted_offset, deleted_at = ARGV[6], ARGV[7], ARGV[8]
local expected_version, next_version = ARGV[9], ARGV[10]
local session_id, user_id, agent, created_at = ARGV[11], ARGV[12], ARGV[13], ARGV[14]
local last_activity, session_ttl, request_count, processing_ms = ARGV[15], ARGV[16], ARGV[17], ARGV[18]
local ends, opens, longest_life, at = tonumber(ARGV[19]), tonumber(ARGV[20]), tonumber(ARGV[21]), 27
local metadata, edits = ARGV[22], tonumber(ARGV[23]) -- '' if no command set the metadata
local given_offset, given_at = ARGV[24], ARGV[25] -- of the import with which the current life began, or ''
local states = ARGV[26] -- of agents; '' if the log contains none

local session, tombstone = read_session(), read_tombstone()
if fenced(fence, session, tombstone) then
  return {'FENCED'}
end
local now = tonumber(now_ms())

-- Returns the next "count" arguments and, as the last value, the position of the fields of a request record, which
-- follow these arguments.
local function take(count)
  local taken = {unpack(ARGV, at, at + count - 1)}
  at = at + count
  taken[count + 1] = at
  at = at + 1 + ARGV[at]
  return taken
end

local ended_turns, open_turns, applied = {}, {}, {}
for i = 1, ends do
  ended_turns[i] = take(14)
end
for i = 1, opens do
  open_turns[i] = take(11)
end
for i = 1, edits do
  applied[i] = take(4)
end

-- During a handover (leave.lua), a flight of the previous owner is allowed to end its turn. The restored data keeps
-- that owner's fence, so that the flight can still write.
for _, turn in ipairs(open_turns) do
  local req = request_prefix .. turn[1]
  local record = read(req, 'status', 'flight', 'leaving_until', 'fence')
  if leaving(record, '') > 0 then
    fence = session.fence or record.fence
  end
end

local version = session.version or ''

local function make_context()
  if redis.call('EXISTS', ctx) == 0 then
    create_context(ctx, {id = session_id, user_id = user_id, agent = agent, created_at = created_at,
      last_activity = last_activity, stage = opens > 0 and 'queued' or 'completed',
      metadata = metadata ~= '' and metadata or nil, ttl = session_ttl})
  end
end

-- Restores the states of agents, unless a newer turn has set them.
local function restore_states()
  if states ~= '' then
    redis.call('HSETNX', ctx, 'states', states)
  end
end

-- Restores the parts of the context that the log holds, and stores that memory was restored.
local function restore_context()
  make_context()
  for field, least in pairs({request_count = request_count, total_processing_time = processing_ms}) do
    if tonumber(redis.call('HGET', ctx, field) or 0) < tonumber(least) then
      redis.call('HSET', ctx, field, least)
    end
  end
  -- If the context is newer than the session in the log, it was created in place of a lost one, with default values. If
  -- it is older, it was not lost, and the log no longer contains all changes of the session.
  local age = tonumber(redis.call('HGET', ctx, 'created_at') or created_at) - tonumber(created_at)
  if age > 0 then
    redis.call('HSET', ctx, 'created_at', created_at)
  end
  if age > 0 or (age == 0 and metadata ~= '') then
    for field, value in pairs({agent = agent, metadata = metadata, ttl = session_ttl}) do
      if value ~= '' then
        redis.call('HSET', ctx, field, value)
      end
    end
  end
  restore_states()
  redis.call('HSET', ctx, 'fence', fence, 'memory', 'rebuilt')
end

local left = tonumber(last_activity) + tonumber(session_ttl) - now
local function expire()
  keep_alive(ctx, hist, left, record_ttl)
  left = math.max(left, redis.call('PTTL', ctx))
  expire_session(ctx, hist, left)
end
local is_lost = memory_lost(session)
local _, lost_turns = known_life(ctx)

-- If Redis kept the history and lost the context, creates a context with a version, because the caller can merge only a
-- history that has a version.
if is_lost and left > 0 and redis.call('EXISTS', ctx) == 0 and redis.call('EXISTS', hist) == 1 then
  make_context()
  version = next_version .. '.'
  adopt(ctx, hist, version)
  redis.call('HSET', ctx, 'fence', fence, 'memory', 'lost')
  expire()
end

-- Restores the deletion first, because data that it erased must not be restored.
if deleted_offset ~= '' and not erased(tombstone, partition, deleted_offset, deleted_at) then
  local left = tonumber(deleted_at) + tonumber(tomb_ttl) - now
  if left > 0 then
    redis.call('HSET', tomb, 'partition', partition, 'offset', deleted_offset, 'fence', fence, 'at', deleted_at)
    redis.call('PEXPIRE', tomb, left)
    tombstone = read_tombstone()
  end
end

-- The next arguments are the turns of the complete new history, oldest first. Each has the offset and timestamp of its
-- question ('' if Redis already stores the turn) and the stored form of the turn. There are no such arguments if the
-- history stays unchanged. The caller merged the turns of the log with the stored history of version expected_version.
local restored = 0
if at <= #ARGV and left > 0 and version ~= next_version then
  if version ~= expected_version then
    return {'MOVED'}
  end
  local blobs, bytes = {}, 0
  while at <= #ARGV do
    local offset, logged_at, blob = ARGV[at], ARGV[at + 1], ARGV[at + 2]
    if offset == '' or not erased(tombstone, partition, offset, logged_at) then
      blobs[#blobs + 1] = blob
      bytes = bytes + #blob
      if offset ~= '' then
        restored = restored + 1
      end
    end
    at = at + 3
  end
  if restored > 0 then
    restore_context()
    redis.call('HSET', ctx, 'version', next_version, 'hist_bytes', bytes)
    redis.call('DEL', hist)
    for _, blob in ipairs(blobs) do
      redis.call('RPUSH', hist, blob)
    end
    expire()
    is_lost = false
  end
end

-- Restores a lost context even if no turn was restored, because Redis kept the history or the session had none.
if left > 0 and restored == 0 and is_lost and (lost_turns == 0 or redis.call('EXISTS', hist) == 1) then
  restore_context()
  expire()
  is_lost = false
end

-- Restores the context of a session that an import created and that has no turns yet.
if given_offset ~= '' and left > 0 and redis.call('EXISTS', ctx) == 0
  and not erased(tombstone, partition, given_offset, given_at) then
  make_context()
  restore_states()
  redis.call('HSET', ctx, 'fence', fence)
  redis.call('PEXPIRE', ctx, left)
end

-- Restores the results of ended requests, so that a redelivered turn isn't run again and clients that poll find the
-- result. A flight that is still running such a turn can then no longer store its own outcome.
for _, turn in ipairs(ended_turns) do
  local request_id, offset, logged_at, agent, created_at, status, attempt, answer, error, started_at, finished_at, phases,
    reason, by, fields = unpack(turn)
  local req = request_prefix .. request_id
  local is = redis.call('HGET', req, 'status')
  local left = tonumber(finished_at) + tonumber(record_ttl) - now
  if left > 0 and not (is and ended[is]) and not erased(tombstone, partition, offset, logged_at) then
    if not is then
      create_request(req, {reqs},
        {id = request_id, created_at = created_at, agent = agent, deadline = '', ttl = left, fields = fields})
    end
    redis.call('HSET', req, 'status', status, 'stage', status, 'attempt', attempt, 'started_at', started_at,
      'finished_at', finished_at, 'phases', phases, 'partition', partition, 'offset', offset, 'flight', '')
    redis.call('HDEL', req, 'leaving_until')
    if status == 'completed' then
      redis.call('HSET', req, 'answer', answer)
      redis.call('HDEL', req, 'error')
    elseif status == 'failed' then -- its copy was in quarantine before its event was published
      redis.call('HSET', req, 'error', error, 'quarantined', 1)
    else
      redis.call('HSET', req, 'reason', reason, 'by', by)
    end
    redis.call('PEXPIRE', req, left)
    redis.call('ZREM', open, request_id)
    redis.call('ZADD', reqs, 'NX', created_at, request_id)
    redis.call('PEXPIRE', reqs, record_ttl)
  end
end

-- Restores open questions, so that clients that poll find them too. The next attempt must have a higher number than
-- earlier attempts, because clients have seen events of these attempts. A question isn't restored if it is so old that
-- it must have ended.
for _, turn in ipairs(open_turns) do
  local request_id, offset, logged_at, agent, created_at, deadline, attempt, phases, absorbs, cancelled_at, cancel_reason,
    fields = unpack(turn)
  local req = request_prefix .. request_id
  local is = redis.call('HGET', req, 'status')
  local waits = tonumber(attempt) > 0 or now - tonumber(logged_at) < tonumber(record_ttl) - longest_life
  if waits and not (is and ended[is]) and not erased(tombstone, partition, offset, logged_at) then
    if not is then
      make_context()
      redis.call('HSET', ctx, 'fence', fence)
      create_request(req, {reqs, open}, {id = request_id, created_at = created_at, agent = agent, deadline = deadline,
        ttl = record_ttl, fields = fields})
      redis.call('HSET', req, 'phases', phases, 'partition', partition, 'offset', offset)
      if is_lost then -- begin.lua reports the loss
        redis.call('HSET', ctx, 'memory', 'lost')
        redis.call('PEXPIRE', ctx, record_ttl)
      else
        live_on(redis.call('HGET', ctx, 'ttl'), record_ttl)
      end
    end
    if absorbs ~= '' then
      redis.call('HSETNX', req, 'absorbs', absorbs)
    end
    if cancelled_at ~= '' then
      mark_cancelled(req, cancelled_at, cancel_reason, '')
    end
    if tonumber(redis.call('HGET', req, 'attempt') or 0) < tonumber(attempt) then
      redis.call('HSET', req, 'attempt', attempt)
    end
  end
end

-- Restores the results of applied commands, so that a redelivered command isn't applied again after later ones.
for _, command in ipairs(applied) do
  local request_id, offset, logged_at, created_at, fields = unpack(command)
  local req = request_prefix .. request_id
  local is = redis.call('HGET', req, 'status')
  if not (is and ended[is]) and not erased(tombstone, partition, offset, logged_at) then
    if not is then
      create_request(req, {reqs},
        {id = request_id, created_at = created_at, agent = '', deadline = '', ttl = record_ttl, fields = fields})
    end
    redis.call('HSET', req, 'status', 'completed', 'stage', 'completed', 'attempt', 1, 'finished_at', logged_at,
      'partition', partition, 'offset', offset)
    redis.call('PEXPIRE', req, record_ttl)
    redis.call('ZREM', open, request_id)
    redis.call('ZADD', reqs, 'NX', created_at, request_id)
    redis.call('PEXPIRE', reqs, record_ttl)
  end
end

if command ~= '' and redis.call('HGET', rebuilt, 'request_id') ~= command then
  redis.call('HSET', rebuilt, 'request_id', command, 'turns', restored, 'at', now)
  redis.call('PEXPIRE', rebuilt, 3600000)
end
return {'RESTORED', restored}
