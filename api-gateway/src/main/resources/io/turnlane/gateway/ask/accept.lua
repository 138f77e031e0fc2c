-- Records that a question was accepted. Creates the session's context, the request record and, if the question has an
-- Idempotency-Key whose claim is in the session's slot, the claim, unless they exist. Counts the turn as open. Running
-- the script again for the same call changes nothing, so the Redis client may send it again after a lost reply.
--
-- KEYS 1 context, 2 open, 3 requests, 4 history, 5 tombstone, 6 time until which the session cannot expire;
--      with a claim in this slot: 7 claim, 8 calls of the claim
-- ARGV 1 now, 2 request id, 3 session id, 4 user id or '', 5 requested agent or '', 6 default agent, 7 question,
--      8 events_from, 9 session ttl, 10 result retention, 11 maximum number of open turns, 12 prefix of request keys,
--      13 id of this call, 14 time of an older claim in another slot, or '', 15 hash of the body, or '', 16 claim ttl,
--      17 quarantined request that this one asks again, or '', 18 time until the deadline, or '',
--      19 Redis key of the claim, in either slot, or '', 20 minimum interval of updates of the user's session list
--      (times in ms)
-- Returns {'accepted', request id, agent, turns ahead, session ttl, 1 if it created the session, created_at,
--          events_from, 1 if an older claim named the request, 1 if the user's session list must be updated}:
--            the caller must publish the turn
--         {'making'}: a fork is still creating this session
--         {'known', request id}: the turn is already published, its record has the state
--         {'conflict'}: the key was used for a different question
--         {'full', number of open turns}: the session has the maximum number of open turns

local now, retention = tonumber(ARGV[1]), tonumber(ARGV[10])
local request_id, claimed_at = ARGV[2], ARGV[14]
local claim, calls = KEYS[7], KEYS[8]

local held = claim and claims.find(claim)
if held then
  if held.body ~= ARGV[15] and held.body ~= '' then -- '' if the session was erased
    return {'conflict'}
  end
  request_id = held.request_id
  if request_id ~= ARGV[13] then
    claimed_at = held.at
  end
end

local request = ARGV[12] .. request_id
local record = redis.call('HMGET', request, 'status', 'attempt', 'agent', 'created_at', 'events_from')
local seen = record[1] and (record[1] ~= 'queued' or tonumber(record[2] or 0) > 0)
if held and seen then
  claims.mark(claim, calls, request_id)
end
if seen or (held and held.published) then
  return {'known', request_id}
end
if not record[1] and claimed_at ~= '' then
  -- The session was erased after this question was asked. A late retry must not create the session again.
  local erased = redis.call('HGET', KEYS[5], 'at')
  if erased and tonumber(claimed_at) <= tonumber(erased) then
    return {'known', request_id}
  end
end

-- Removes old ids whose record no longer exists. Each id is checked, because the record of a turn that waited long is
-- kept for longer than the retention. Each run of this script checks at most 32 ids to bound its own cost.
local function trim(index)
  local old = redis.call('ZRANGEBYSCORE', index, '-inf', now - retention, 'LIMIT', 0, 32)
  for _, id in ipairs(old) do
    if redis.call('EXISTS', ARGV[12] .. id) == 0 then
      redis.call('ZREM', index, id)
    end
  end
end

local context = redis.call('HMGET', KEYS[1], 'agent', 'ttl', 'fork')
if context[3] and not record[1] then
  return {'making'}
end
local agent, position, ttl, made = record[3], 0, context[2] or ARGV[9], 0
local created_at, events_from = record[4] or ARGV[1], record[5] or ARGV[8]
if record[1] then
  position = redis.call('ZRANK', KEYS[2], request_id) or 0
else
  trim(KEYS[2])
  trim(KEYS[3])
  position = redis.call('ZCARD', KEYS[2])
  if position >= tonumber(ARGV[11]) then
    return {'full', position}
  end
  agent = ARGV[5]
  if agent == '' then
    agent = context[1] or ARGV[6]
  end
  redis.call('HSET', request, 'status', 'queued', 'question', ARGV[7], 'agent', agent, 'created_at', created_at,
    'events_from', events_from, 'attempt', 0, 'failures', 0, 'crashes', 0,
    'phases', '{"RECEIVED":' .. created_at .. '}')
  if ARGV[17] ~= '' then
    redis.call('HSET', request, 'redrive_of', ARGV[17])
  end
  if ARGV[19] ~= '' then
    redis.call('HSET', request, 'claim', ARGV[19]) -- so that erasing the session also erases the body hash
  end
  if ARGV[18] ~= '' then
    -- Uses the clock of Redis, which also decides when the deadline has passed.
    local time = redis.call('TIME')
    local at = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[18])
    redis.call('HSET', request, 'deadline_at', string.format('%d', at))
  end
  redis.call('PEXPIRE', request, retention)
  for _, index in ipairs({KEYS[2], KEYS[3]}) do
    redis.call('ZADD', index, created_at, request_id)
    redis.call('PEXPIRE', index, retention)
  end
end

if not context[2] then
  made = 1
  -- If the session can't have expired, Redis lost its context, and the processor restores it before the next turn. If
  -- less than a second of life is left, the session counts as expired.
  local time = redis.call('TIME')
  local at = time[1] * 1000 + math.floor(time[2] / 1000)
  local alive_until = tonumber(string.match(redis.call('GET', KEYS[6]) or '', '^%d+') or 0)
  if redis.call('PTTL', KEYS[4]) > 1000 then
    local bytes = 0
    for _, turn in ipairs(redis.call('LRANGE', KEYS[4], 0, -1)) do
      bytes = bytes + #turn
    end
    redis.call('HSET', KEYS[1], 'memory', 'lost', 'hist_bytes', bytes, 'version', request_id)
  elseif alive_until > at + 1000 then
    redis.call('HSET', KEYS[1], 'memory', 'lost')
  else
    redis.call('DEL', KEYS[4])
  end
  redis.call('HSET', KEYS[1], 'session_id', ARGV[3], 'agent', agent, 'created_at', ARGV[1],
    'processing_stage', 'initialized', 'request_count', 0, 'total_processing_time', 0, 'metadata', '{}', 'ttl', ttl)
  if ARGV[4] ~= '' then
    redis.call('HSET', KEYS[1], 'user_id', ARGV[4])
  end
end
redis.call('HSET', KEYS[1], 'last_activity', ARGV[1])
local note = 0
if now - tonumber(redis.call('HGET', KEYS[1], 'listed_at') or 0) >= tonumber(ARGV[20]) then
  redis.call('HSET', KEYS[1], 'listed_at', ARGV[1])
  note = 1
end
-- A session with open turns lives as long as their records. The processor that ends the last open turn sets the
-- session's own time to live.
local life = math.max(retention, tonumber(ttl))
redis.call('PEXPIRE', KEYS[1], life)
redis.call('PEXPIRE', KEYS[4], life)

if claim then
  claims.add(claim, calls, request_id, ARGV[3], ARGV[15], ARGV[1], ARGV[16], ARGV[13])
  if made == 1 then
    redis.call('HSET', claim, 'made', 1)
  end
end
local replayed = held and request_id ~= ARGV[13]
return {'accepted', request_id, agent, position, ttl, made, created_at, events_from, replayed and 1 or 0,
  note}
