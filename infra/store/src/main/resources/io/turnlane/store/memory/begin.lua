-- Begins a flight (one execution of a turn). If the turn must not run now, returns the reason instead. Ends the turn if
-- its deadline or another limit has been exceeded. Otherwise counts the attempt, and returns the history unless the
-- caller's copy is current. If the call is repeated for the same flight, the attempt is counted only once.
-- The journey of a turn continues in AgentCaller, which AskRunner calls.
local fence, flight, request_id, partition, offset = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local logged_at, processor, phases = ARGV[6], ARGV[7], ARGV[8]
local session_id, user_id, session_ttl = ARGV[9], ARGV[10], ARGV[11]
local cached_version, too_old, alone = ARGV[12], ARGV[13], ARGV[14]
local record_ttl, most_crashes, longest_life = ARGV[15], tonumber(ARGV[16]), tonumber(ARGV[17])
local poison, expired, deadline_exceeded = ARGV[18], ARGV[19], ARGV[20]
local known, sure, settles, waited = ARGV[21], ARGV[22], ARGV[23], tonumber(ARGV[24])
local agent_wait, unknown_agent = ARGV[25], ARGV[26] -- both '' if this processor has the agent or no processor has it
local agent, created_at, deadline, fields = ARGV[27], ARGV[28], ARGV[29], 30

-- Copies the phases and the outcome of the last attempt to a separate field, because the next attempt overwrites them.
-- Only the newest attempts are kept, because a turn can have many if its flights are released repeatedly.
local most_attempts = 20
local function keep_attempt(of, as, number)
  local was = number > 0 and redis.call('HMGET', of, 'phases', 'processor', 'error', 'fence') or {}
  if was[1] then
    local outcome = as == 'retrying' and 'failed' or as == 'running' and 'crashed' or 'released'
    redis.call('HSET', of, 'attempt.' .. number, '{"outcome":"' .. outcome .. '","phases":' .. was[1]
      .. ',"processor":' .. (was[2] and cjson.encode(was[2]) or 'null') .. ',"fence":' .. (was[4] or 'null')
      .. ',"error":' .. (outcome == 'failed' and was[3] or 'null') .. '}')
    redis.call('HDEL', of, 'attempt.' .. (number - most_attempts))
  end
end

local record, session = read(req, 'status', 'flight', 'attempt', 'failures', 'crashes', 'begun_at', 'deadline_at',
  'blamed', 'fence', 'cancel_requested', 'leaving_until', 'no_agent_since', 'absorbs', 'usage'),
  read(ctx, 'fence', 'version', 'ttl', 'hist_bytes', 'memory', 'states')
local refusal = not_owned(fence, partition, offset, logged_at, session, record)
if refusal then
  return refusal
end
local status, attempt, failures, crashes =
  record.status, tonumber(record.attempt or 0), tonumber(record.failures or 0), tonumber(record.crashes or 0)
if status and ended[status] then
  return ending(req)
end
if not status and erased_by_name(request_id) then
  return {'ERASED'}
end
-- During a handover, an earlier flight is still allowed to end the turn. The caller must wait, and this call changes
-- nothing.
local handover = leaving(record, flight)
if handover > 0 then
  return {'LEAVING', handover}
end

-- Gateways create a request's record before its turn is logged. If the record is missing, Redis has possibly lost it.
-- If a session is missing although the caller has cached it, Redis has lost the session. In both cases, the caller must
-- check for a loss and call again with sure = '1'. Until then, this script counts no attempt.
local version = session.version or ''
local lost = memory_lost(session) or (known == '1' and version == '' and redis.call('EXISTS', tomb) == 0)
if sure ~= '1' and (not status or lost) then
  return {'MISSED', (lost or (too_old ~= '1' and record_lost(request_id))) and 1 or 0}
end

if record.cancel_requested then
  return {'UNWANTED', attempt}
end

local now = now_ms()
local begun_at = record.begun_at and string.format('%d', tonumber(record.begun_at) + waited) or now -- excludes outages of Redis
local deadline_at = record.deadline_at or ''
if not status then
  deadline_at = create_request(req, {reqs, open},
    {id = request_id, created_at = created_at, agent = agent, deadline = deadline, ttl = record_ttl, fields = fields})
end
local again = record.flight == flight and status == 'running'
local blamed = record.blamed or '' -- ids of the flights counted as crashes, each followed by a space
if not again then
  if status == 'running' then
    crashes = crashes + 1 -- record.flight did not end; pardon() subtracts the crash if that flight still makes calls
    blamed = blamed .. (record.flight or '') .. ' '
  end
  local error = nil
  if (not status and too_old == '1') or tonumber(now) - tonumber(begun_at) > longest_life then
    error = expired
  elseif crashes >= most_crashes then
    error = poison
  elseif deadline_at ~= '' and tonumber(now) >= tonumber(deadline_at) then
    error = deadline_exceeded
  elseif agent_wait ~= '' then
    local since = record.no_agent_since or now
    error = tonumber(now) - tonumber(since) >= tonumber(agent_wait) and unknown_agent or nil
  end
  if error or agent_wait ~= '' then
    redis.call('HSET', req, 'attempt', attempt, 'crashes', crashes, 'partition', partition, 'offset', offset,
      'flight', '') -- otherwise fail.lua could take this end for the outcome of an earlier flight
    redis.call('ZADD', reqs, 'NX', created_at, request_id)
    if attempt == 0 then
      redis.call('HSET', req, 'phases', phases)
    end
  end
  if error then
    return give_up(session, request_id, error, record_ttl)
  end
  if agent_wait ~= '' then -- the turn keeps its position until a processor with the agent owns the partition
    redis.call('HSET', req, 'status', status == 'retrying' and status or 'queued', 'stage', 'waiting_for_agent',
      'blamed', blamed)
    redis.call('HDEL', req, 'leaving_until')
    redis.call('ZADD', open, 'NX', created_at, request_id)
    for _, key in ipairs({req, reqs, open}) do
      redis.call('PEXPIRE', key, record_ttl)
    end
    if session.ttl then
      redis.call('HSET', ctx, 'processing_stage', 'waiting_for_agent')
      live_on(session.ttl, record_ttl)
    end
    return {'ELSEWHERE', attempt, redis.call('HSETNX', req, 'no_agent_since', now)}
  end
  -- The next crash ends the turn as poison. The turn must therefore run only while no other crash suspect runs in its
  -- processor.
  if crashes > 0 and crashes >= most_crashes - 1 and alone ~= '1' then
    return {'SUSPECT'}
  end
  if settles == '0' then
    keep_attempt(req, status, attempt)
  end
  -- If the outcome is already computed (settles > 0), Redis lost the data of the attempt afterwards. The attempt keeps
  -- its number, because clients have seen its events.
  attempt = settles == '0' and attempt + 1 or math.max(attempt, tonumber(settles))
end

local orphan = (lost or not session.ttl) and redis.call('PTTL', hist) > 1000
if not session.ttl then
  create_context(ctx, {id = session_id, user_id = user_id, agent = fields_at(fields).route or agent,
    created_at = created_at, stage = 'running', ttl = session_ttl})
  if orphan then
    adopt(ctx, hist, flight)
    version = flight
  else
    redis.call('DEL', hist)
  end
end
local issue = session.memory or ''
if lost then -- the caller could not restore the lost data from the log
  issue = orphan and 'damaged' or 'reset'
  redis.call('HSET', ctx, 'memory', issue)
  if not orphan then
    redis.call('HSET', ctx, 'hist_bytes', 0, 'version', '')
    redis.call('DEL', life_key(ctx)) -- it contains the number of lost turns
    version = ''
  end
end
redis.call('HSET', ctx, 'fence', fence, 'current_question', fields_at(fields).question, 'processing_stage', 'running', 'last_activity', now)
if not again then
  redis.call('HSET', req, 'status', 'running', 'attempt', attempt, 'flight', flight, 'fence', fence, 'stage', 'running',
    'started_at', now, 'begun_at', begun_at, 'phases', phases, 'processor', processor, 'partition', partition,
    'offset', offset)
  if status == 'running' then
    redis.call('HSET', req, 'crashes', crashes, 'blamed', blamed)
  end
  if record.leaving_until or record.no_agent_since then
    redis.call('HDEL', req, 'leaving_until', 'left_at', 'no_agent_since')
  end
end

-- The script that created a key has set its lifetime. Sets the lifetimes again if one of them has become shorter, for
-- example because an earlier turn has ended meanwhile, or if Redis has lost a key.
local added = redis.call('ZADD', reqs, 'NX', created_at, request_id) + redis.call('ZADD', open, 'NX', created_at, request_id)
local fresh = tonumber(record_ttl) * 15 / 16
if added > 0 or not status or not session.ttl or redis.call('PTTL', req) < fresh or redis.call('PTTL', ctx) < fresh then
  for _, key in ipairs({req, reqs, open}) do
    redis.call('PEXPIRE', key, record_ttl)
  end
  live_on(session.ttl or session_ttl, record_ttl)
else
  keep_alive(ctx, hist, tonumber(session.ttl), record_ttl)
end

local left = -1
if deadline_at ~= '' then
  left = math.max(1, tonumber(deadline_at) - tonumber(now))
end
if issue ~= '' and settles == '0' then
  redis.call('HSET', req, 'told', issue) -- the caller then reports it to the client
end
local current = version ~= '' and version == cached_version
return {'RUN', attempt, failures, left, version, current and 1 or 0, current and {} or redis.call('LRANGE', hist, 0, -1),
  tonumber(session.ttl or session_ttl), issue, record.absorbs or '', session.states or '', record.usage or ''}
