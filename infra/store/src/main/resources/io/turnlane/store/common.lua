-- Prepended to every script when it is loaded, because Redis 6.2 has no functions that scripts could share.
local ended = {completed = true, failed = true, cancelled = true, superseded = true, rejected = true}

-- Returns the time at which the script began, in epoch milliseconds, as text. All scripts use the clock of Redis for
-- deadlines and ages.
local began_at
local function now_ms()
  if not began_at then
    local time = redis.call('TIME')
    began_at = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
  end
  return began_at
end

-- Returns the named fields of a hash. A missing field is nil.
local function read(key, ...)
  local names, fields = {...}, {}
  for i, value in ipairs(redis.call('HMGET', key, ...)) do
    fields[names[i]] = value or nil
  end
  return fields
end

-- Returns the time at which a deadline passes, in epoch milliseconds as text; '' without a deadline. If created_at is
-- in the future, because another clock set it, the deadline counts from now.
local function deadline_time(created_at, deadline)
  if deadline == '' then
    return ''
  end
  return string.format('%d', math.min(tonumber(created_at), tonumber(now_ms())) + tonumber(deadline))
end

-- Returns the key of the session's life value. The value contains the time until which the session cannot expire, and
-- the number of its turns. It is kept longer than the context, so that it shows if Redis lost the context.
local function life_key(ctx)
  return string.sub(ctx, 1, -4) .. 'life'
end

-- Returns the time until which the session cannot expire (epoch ms), and its number of turns; both 0 if they are
-- unknown.
local function known_life(ctx)
  local alive_until, turns = string.match(redis.call('GET', life_key(ctx)) or '', '^(%d+) (%d+)$')
  return tonumber(alive_until or 0), tonumber(turns or 0)
end

-- Stores in the life value that the session cannot expire before ttl (ms) has passed. Keeps a value that is at most a
-- sixteenth of this time and at most a minute too early, because most turns move the time by less.
local function keep_alive(ctx, hist, ttl, record_ttl)
  local alive_until, turns = known_life(ctx)
  local new = tonumber(now_ms()) + ttl
  if turns == 0 or new < alive_until or new - alive_until > math.min(60000, ttl / 16) then
    redis.call('SET', life_key(ctx), string.format('%d %d', new, redis.call('LLEN', hist)),
      'PX', ttl + tonumber(record_ttl))
  end
end

-- Stores the size and the version of a history in a new context, because Redis lost the former context. No cached copy
-- has the given version.
local function adopt(ctx, hist, version)
  local bytes = 0
  for _, turn in ipairs(redis.call('LRANGE', hist, 0, -1)) do
    bytes = bytes + #turn
  end
  redis.call('HSET', ctx, 'hist_bytes', bytes, 'version', version)
end

-- Creates the context of a session. "session" has the values of its fields; a missing value has a default. Further
-- fields and their values can follow.
local function create_context(ctx, session, ...)
  redis.call('HSET', ctx, 'session_id', session.id, 'user_id', session.user_id, 'agent', session.agent,
    'created_at', session.created_at, 'last_activity', session.last_activity or session.created_at,
    'processing_stage', session.stage, 'request_count', 0, 'total_processing_time', 0,
    'metadata', session.metadata or '{}', 'ttl', session.ttl, ...)
end

-- Sets the time after which context and history expire.
local function expire_session(ctx, hist, life)
  redis.call('PEXPIRE', ctx, life)
  redis.call('PEXPIRE', hist, life)
end

-- Lets the session live for its own time to live again if it has no open turns and commands.
local function live_without_open(ctx, hist, open)
  local ttl = redis.call('HGET', ctx, 'ttl')
  if ttl and redis.call('ZCARD', open) == 0 then
    expire_session(ctx, hist, ttl)
  end
end

-- Returns the fields of a new request record that the caller passes in ARGV from "first" on: their number, then a name
-- and a value for each. RequestFields.java writes them.
local function fields_at(first)
  local fields = {}
  for i = first + 1, first + ARGV[first], 2 do
    fields[ARGV[i]] = ARGV[i + 1]
  end
  return fields
end

-- Creates the record of a request and adds the request to the given indexes of its session. No other code creates a
-- record. "new" has: id, created_at, agent, deadline (ms, or ''), ttl (ms), and the position in ARGV of the other fields
-- (see fields_at). Returns the time at which the deadline passes, or ''.
local function create_request(req, indexes, new)
  local deadline_at = deadline_time(new.created_at, new.deadline)
  redis.call('HSET', req, 'status', 'queued', 'agent', new.agent, 'created_at', new.created_at, 'attempt', 0,
    'failures', 0, 'crashes', 0, 'phases', '{"RECEIVED":' .. new.created_at .. '}', 'deadline_at', deadline_at,
    unpack(ARGV, new.fields + 1, new.fields + ARGV[new.fields]))
  redis.call('PEXPIRE', req, new.ttl)
  for _, index in ipairs(indexes) do
    redis.call('ZADD', index, 'NX', new.created_at, new.id)
    redis.call('PEXPIRE', index, new.ttl)
  end
  return deadline_at
end

-- Returns the numbers of a stored usage (StoredUsage.java), and its currency: model calls, tokens in, tokens out, and cost
-- in billionths. All numbers are 0 if nothing is stored.
local function usage_of(stored)
  local calls, input, output, cost, currency = string.match(stored or '', '^(%d+) (%d+) (%d+) (%d+) (%S+)$')
  return {tonumber(calls or 0), tonumber(input or 0), tonumber(output or 0), tonumber(cost or 0)}, currency or '-'
end

-- Returns the stored form of the first usage plus the second one; minus the second one if sign is -1. A number below 0
-- becomes 0. If the currencies differ, the cost is the one of the second usage.
local function add_usage(first, second, sign)
  local sum, currency = usage_of(first)
  local other, other_currency = usage_of(second)
  if currency ~= '-' and other_currency ~= '-' and currency ~= other_currency then
    sum[4] = 0
  end
  for i = 1, 4 do
    sum[i] = math.max(0, sum[i] + sign * other[i])
  end
  return string.format('%d %d %d %d %s', sum[1], sum[2], sum[3], sum[4],
    other_currency ~= '-' and other_currency or currency)
end

-- Returns true if a stored usage has reached a budget. Tokens and cost are 0 if they are not limited.
local function is_spent(stored, most_tokens, most_cost)
  local usage = usage_of(stored)
  return (most_tokens > 0 and usage[2] + usage[3] >= most_tokens) or (most_cost > 0 and usage[4] >= most_cost)
end

-- Marks a request as cancelled, unless it already is. From then on the request can only end as cancelled. Reason and
-- cause of the first cancel are kept; each can be ''.
local function mark_cancelled(req, at, reason, by)
  if redis.call('HSETNX', req, 'cancel_requested', at) == 1 then
    if reason ~= '' then
      redis.call('HSET', req, 'cancel_reason', reason)
    end
    if by ~= '' then
      redis.call('HSET', req, 'cancel_by', by)
    end
  end
end

