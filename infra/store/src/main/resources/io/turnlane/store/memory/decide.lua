-- Applies the policy of a question that found its session busy, to the question and to the turns ahead of it. Called in
-- the order of the log, before the question begins. The request records store each decision. If the script runs again,
-- after a lost reply or a crash of the owner, it returns the stored decision.
local fence, request_id, partition, offset, logged_at = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local request_prefix, policy, reason, record_ttl, most_bytes = ARGV[6], ARGV[7], ARGV[8], ARGV[9], tonumber(ARGV[10])
local too_old, sure, agent, created_at, deadline, fields = ARGV[11], ARGV[12], ARGV[13], ARGV[14], ARGV[15], 16
local first_ahead = fields + 1 + ARGV[fields]

local own = read(req, 'status', 'attempt', 'fence', 'cancel_requested')
local refusal = not_owned(fence, partition, offset, logged_at, read_session(), own)
if refusal then
  return refusal
end

-- Creates the record if the question was accepted while Redis was unavailable. If the record is missing for another
-- reason (the session was deleted, Redis lost the record, or it has expired), this script must not create it. Otherwise
-- begin.lua would not detect that reason.
if not own.status then
  if erased_by_name(request_id) then
    return {'ERASED'}
  end
  if sure ~= '1' then
    return {'MISSED', too_old ~= '1' and record_lost(request_id) and 1 or 0}
  end
  if too_old == '1' then
    return {'DECIDED', {}, {}}
  end
  create_request(req, {reqs, open},
    {id = request_id, created_at = created_at, agent = agent, deadline = deadline, ttl = record_ttl, fields = fields})
end

local over, marked = {}, {}
local function out(id, how)
  table.insert(how, 1, id)
  over[#over + 1] = how
end

-- Sorts the turns ahead, oldest first. A turn without a record was accepted while Redis was unavailable; it is open and
-- this script does not end it. If an earlier call for this question ended a turn that had not begun, returns this turn
-- again, because no flight publishes its end. If the question is rejected, its cause is the oldest turn whose
-- cancellation was not requested (stays), because a cancelled turn ends soon.
local all, waiting, begun = {}, {}, {}
local stays
for i = first_ahead, #ARGV do
  local id, other = ARGV[i], request_prefix .. ARGV[i]
  local is = redis.call('HMGET', other, 'status', 'attempt', 'agent', 'by', 'cancel_by')
  local never_began = tonumber(is[2] or 0) == 0
  if is[1] and ended[is[1]] then
    if never_began and is[4] == request_id then
      out(id, ending(other))
    end
  else
    all[#all + 1] = id
    stays = stays or (not unwanted(other) and id) or nil
    if is[1] == 'queued' and never_began then
      waiting[#waiting + 1] = {id = id, key = other, agent = is[3]}
    elseif is[1] then
      begun[#begun + 1] = {id = id, key = other, cancel_by = is[5]}
    end
  end
end

if own.status and (own.status ~= 'queued' or tonumber(own.attempt or 0) > 0 or own.cancel_requested) then
  if ended[own.status] then
    out(request_id, ending(req))
  end
  for _, other in ipairs(begun) do
    if other.cancel_by == request_id then
      marked[#marked + 1] = other.id
    end
  end
  return {'DECIDED', over, marked} -- an earlier call has decided, or the question was cancelled
end
redis.call('HSET', req, 'partition', partition, 'offset', offset)
pass(req, 'QUEUED', logged_at)

if policy == 'reject' and #all > 0 then
  out(request_id, dismiss(req, request_id, 'rejected', reason, stays or all[1], record_ttl))
elseif policy == 'interrupt' or policy == 'rollback' then
  for _, other in ipairs(waiting) do
    out(other.id, dismiss(other.key, other.id, 'cancelled', reason, request_id, record_ttl))
  end
  for _, other in ipairs(begun) do
    mark_cancelled(other.key, now_ms(), reason, request_id)
    if policy == 'rollback' then
      redis.call('HSET', other.key, 'cancel_trace', 'none')
    end
    marked[#marked + 1] = other.id
  end
elseif policy == 'coalesce' then
  -- Merges waiting questions, the newest first, each together with the questions that were merged into it. Stops at the
  -- maximum size of a question.
  local absorbs, bytes = {}, #fields_at(fields).question
  for i = #waiting, 1, -1 do
    local other = waiting[i]
    if other.agent == agent and not unwanted(other.key) then
      local was = redis.call('HMGET', other.key, 'question', 'absorbs')
      local theirs = was[2] and cjson.decode(was[2]) or {}
      theirs[#theirs + 1] = {request_id = other.id, question = was[1] or ''}
      for _, one in ipairs(theirs) do
        bytes = bytes + #one.question + 2
      end
      if bytes > most_bytes then
        break
      end
      for j = #theirs, 1, -1 do
        table.insert(absorbs, 1, theirs[j])
      end
      out(other.id, dismiss(other.key, other.id, 'superseded', reason, request_id, record_ttl))
    end
  end
  if #absorbs > 0 then
    redis.call('HSET', req, 'absorbs', cjson.encode(absorbs))
  end
end
return {'DECIDED', over, marked}
