-- Reserves a session that a fork creates. Questions to the session are rejected until the fork is done. The fork's
-- record is created in the same step and names the forked turn. If a client repeats the call after a lost response or a
-- crash of the gateway, it gets the fork that holds the reservation, and the gateway publishes that fork again.
-- KEYS 1 context, 2 requests of the session
-- ARGV 1 request id of the fork, 2 now, 3 session id, 4 user id or '', 5 agent, 6 session ttl, 7 ttl of a record
--      (times in ms), 8 prefix of request keys, 9 forked turn: source session and request id, 10 fields of the record
-- Returns {'reserved', request id, created_at} of the fork that holds the reservation; {'taken'} if the reservation
-- belongs to a fork of another turn, if its fork has ended, or if the session exists
local ctx, reqs = KEYS[1], KEYS[2]
local request_id, now, retention, request_prefix, forked = ARGV[1], ARGV[2], ARGV[7], ARGV[8], ARGV[9]
local fork = redis.call('HGET', ctx, 'fork')
if fork then
  local was = redis.call('HMGET', request_prefix .. fork, 'fork_of', 'created_at', 'status')
  if was[1] == forked and was[3] == 'queued' then
    return {'reserved', fork, was[2]}
  end
  return {'taken'}
end
if redis.call('EXISTS', ctx) == 1 then
  return {'taken'}
end
create_context(ctx, {id = ARGV[3], user_id = ARGV[4], agent = ARGV[5], created_at = now, stage = 'forking',
  ttl = ARGV[6]})
redis.call('HSET', ctx, 'fork', request_id, 'listed_at', now)
redis.call('PEXPIRE', ctx, retention)
create_request(request_prefix .. request_id, {reqs},
  {id = request_id, created_at = now, agent = '', deadline = '', ttl = retention, fields = 10})
return {'reserved', request_id, now}
