-- Functions shared by the scripts for Idempotency-Keys. Each of them begins with this file, after common.lua.
--
-- A claim is a hash that maps a key to its request. Fields: request_id, session_id, body (hash of the body), at, and
--   published 1 if the turn is known to be on the turns topic; no call publishes it again
--   unsure    1 if a publish was not acknowledged; the turn may be on the topic, so the claim is never removed
--   made      1 if its acceptance created the session
-- A second key holds the set of calls that are publishing the turn. The call of a crashed gateway stays in the set, so
-- no other call undoes a turn that the crashed gateway may have published. A set, unlike a counter, counts a call once
-- even if the Redis client sends its script twice.

local claims = {}

function claims.find(key)
  local was = redis.call('HMGET', key, 'request_id', 'session_id', 'body', 'at', 'published')
  if not was[1] then
    return nil
  end
  return {request_id = was[1], session_id = was[2], body = was[3], at = was[4], published = was[5] == '1'}
end

-- Creates the claim if it does not exist, and adds this call to its calls.
function claims.add(key, calls, request_id, session_id, body, at, ttl, call)
  if redis.call('HSETNX', key, 'request_id', request_id) == 1 then
    redis.call('HSET', key, 'session_id', session_id, 'body', body, 'at', at)
    redis.call('PEXPIRE', key, ttl)
  end
  redis.call('SADD', calls, call)
  redis.call('PEXPIRE', calls, redis.call('PTTL', key))
end

function claims.mark(key, calls, request_id)
  if redis.call('HGET', key, 'request_id') == request_id then
    redis.call('HSET', key, 'published', 1)
    redis.call('DEL', calls)
  end
end

-- Removes a call that did not publish the turn. Returns 'published' if the turn is known to be on the topic, 'shared'
-- if another call may still publish it, 'unsure' if no call remains but one may have published it, otherwise 'last'. In
-- the last case the claim is deleted.
function claims.release(key, calls, request_id, call, unsure)
  local was = redis.call('HMGET', key, 'request_id', 'published', 'unsure')
  if was[1] ~= request_id then
    return 'last'
  end
  redis.call('SREM', calls, call)
  if unsure == '1' then
    redis.call('HSET', key, 'unsure', 1)
  end
  if was[2] == '1' then
    return 'published'
  end
  if redis.call('SCARD', calls) > 0 then
    return 'shared'
  end
  if unsure == '1' or was[3] == '1' then
    return 'unsure'
  end
  redis.call('DEL', key, calls)
  return 'last'
end
