-- Records that a question was accepted. Creates the session's context, the request record and, if the question has an
-- Idempotency-Key whose claim is in the session's slot, the claim, unless they exist. Counts the turn as open. Running
-- the script again for the same call changes nothing, so the Redis client may send it again after a lost reply.
--
-- KEYS 1 context, 2 open, 3 requests, 4 history, 5 tombstone; with a claim in this slot: 6 claim, 7 calls of the claim
-- ARGV 1 now, 2 request id, 3 session id, 4 user id or '', 5 requested agent or '', 6 default agent, 7 session ttl,
--      8 result retention, 9 maximum number of open turns, 10 prefix of request keys, 11 id of this call, 12 time of an
--      older claim in another slot, or '', 13 hash of the body, or '', 14 claim ttl, 15 time until the deadline, or '',
--      16 minimum interval of updates of the user's session list, 17 and 18 budget of the session: tokens, and cost in
--      billionths, each 0 for none, 19 agents that routes chose, as JSON by the name of the session's agent, or '',
--      20 fields of the request record (times in ms)
-- Returns {'accepted', request id, agent, turns ahead, session ttl, 1 if it created the session, created_at,
--          events_from, 1 if the user's session list must be updated, route that chose the agent, or ''}: the caller
--          must publish the turn
--         {'making'}: a fork is still creating this session
--         {'known', request id}: the turn is already published, its record has the state
--         {'conflict'}: the key was used for a different question
--         {'full', number of open turns}: the session has the maximum number of open turns
--         {'spent'}: the session has used its budget
-- The journey of a turn continues in KafkaTurnPublisher, which QuestionIntake calls.
local ctx, open, reqs, hist, tomb, claim, calls = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local now, request_id, session_id, user_id, agent, default_agent = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local session_ttl, retention, most_open, request_prefix, call = ARGV[7], ARGV[8], tonumber(ARGV[9]), ARGV[10], ARGV[11]
local claimed_at, body, claim_ttl, deadline, list_interval = ARGV[12], ARGV[13], ARGV[14], ARGV[15], tonumber(ARGV[16])
local most_tokens, most_cost, routes, fields = tonumber(ARGV[17]), tonumber(ARGV[18]), ARGV[19], 20

local held = claim and claims.find(claim)
if held then
  if held.body ~= body and held.body ~= '' then -- '' if the session was erased
    return {'conflict'}
  end
  request_id = held.request_id
  if request_id ~= call then
    claimed_at = held.at
  end
end

local request = request_prefix .. request_id
local record = read(request, 'status', 'attempt', 'agent', 'route', 'created_at', 'events_from')
local seen = record.status and (record.status ~= 'queued' or tonumber(record.attempt or 0) > 0)
if held and seen then
  claims.mark(claim, calls, request_id)
end
if seen or (held and held.published) then
  return {'known', request_id}
end
if not record.status and claimed_at ~= '' then
  -- The session was erased after this question was asked. A late retry must not create the session again.
  local erased = redis.call('HGET', tomb, 'at')
  if erased and tonumber(claimed_at) <= tonumber(erased) then
    return {'known', request_id}
  end
end

-- Removes old ids whose record no longer exists. Each id is checked, because the record of a turn that waited long is
-- kept for longer than the retention. Each run of this script checks at most 32 ids to bound its own cost.
local function trim(index)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', now - retention, 'LIMIT', 0, 32)) do
    if redis.call('EXISTS', request_prefix .. id) == 0 then
      redis.call('ZREM', index, id)
    end
  end
end

-- Returns the number of open turns. Does not count old ones whose record has expired.
local function count_open()
  local count = redis.call('ZCARD', open)
  if count > 0 then
    trim(open)
    count = redis.call('ZCARD', open)
  end
  return count
end

local session = read(ctx, 'agent', 'ttl', 'fork', 'listed_at', 'usage')
if session.fork and not record.status then
  return {'making'}
end
local position, ttl, made = 0, session.ttl or session_ttl, 0
local created_at, events_from = record.created_at or now, record.events_from or fields_at(fields).events_from
local route, asked_agent = record.route, record.route or record.agent
if record.status then
  position = redis.call('ZRANK', open, request_id) or 0
  agent = record.agent
else
  position = count_open()
  if position >= most_open then
    return {'full', position}
  end
  if is_spent(session.usage, most_tokens, most_cost) then
    return {'spent'}
  end
  if agent == '' then
    agent = session.agent or default_agent
  end
  asked_agent = agent
  local chosen = routes ~= '' and cjson.decode(routes)[agent]
  if chosen then
    agent, route = chosen.agent, chosen.route
  end
  trim(reqs)
  create_request(request, {reqs, open},
    {id = request_id, created_at = created_at, agent = agent, deadline = deadline, ttl = retention, fields = fields})
  if route then
    redis.call('HSET', request, 'route', route)
  end
end

local list = now - (session.listed_at or 0) >= list_interval and 1 or 0
local listed_at = list == 1 and now or session.listed_at
if session.ttl then
  redis.call('HSET', ctx, 'last_activity', now, 'listed_at', listed_at)
else
  made = 1
  -- If the session can't have expired, Redis lost its context, and the processor restores it before the next turn. If
  -- less than a second of life is left, the session counts as expired.
  local orphan = redis.call('PTTL', hist) > 1000
  local lost = orphan or known_life(ctx) > tonumber(now_ms()) + 1000
  if orphan then
    adopt(ctx, hist, request_id)
  elseif not lost then
    redis.call('DEL', hist)
  end
  create_context(ctx, {id = session_id, user_id = user_id, agent = asked_agent, created_at = now, stage = 'initialized',
    ttl = ttl}, 'listed_at', listed_at, 'memory', lost and 'lost' or '')
end
-- A session with open turns lives as long as their records. The processor that ends the last open turn sets the
-- session's own time to live.
expire_session(ctx, hist, math.max(retention, ttl))

if claim then
  claims.add(claim, calls, request_id, session_id, body, now, claim_ttl, call)
  if made == 1 then
    redis.call('HSET', claim, 'made', 1)
  end
end
return {'accepted', request_id, agent, position, ttl, made, created_at, events_from, list, route or ''}
