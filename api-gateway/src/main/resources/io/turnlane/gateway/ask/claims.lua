-- What the scripts of Idempotency-Keys share; it stands in front of each of them.
--
-- A claim says which request a key stands for. Hash: request_id, session_id, body (what was asked, hashed), at, and
--   published 1 once the log is known to have the turn: from then on nobody publishes it again
--   unsure    1 where a publish had no answer: the log may have the turn, so the claim is never given up
--   made      1 where its acceptance made the session
-- Beside it lives the set of the calls that are publishing the turn. A gateway that dies leaves its call there for ever,
-- and so nobody ever undoes what it may have published. A set, not a count: a script that is sent twice counts once.

local claims = {}

function claims.find(key)
  local was = redis.call('HMGET', key, 'request_id', 'session_id', 'body', 'at', 'published')
  if not was[1] then
    return nil
  end
  return {request_id = was[1], session_id = was[2], body = was[3], at = was[4], published = was[5] == '1'}
end

function claims.take(key, calls, request_id, session_id, body, at, ttl, call)
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

-- A call gives up: 'published' where the log has the turn all the same, 'shared' where another call may still publish
-- it, 'last' where nobody does, 'unsure' where nobody does but an earlier call may have. The last one takes the claim
-- away, unless the log may have the turn.
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
