-- Returns the requests of a session that have not ended, oldest first: id, type and time of acceptance of each.
local reqs, request_prefix = KEYS[1], ARGV[1]

local found = {'UNENDED'}
for _, id in ipairs(redis.call('ZRANGE', reqs, 0, -1)) do
  local was = redis.call('HMGET', request_prefix .. id, 'status', 'type', 'created_at')
  if was[1] and not ended[was[1]] then
    found[#found + 1] = id
    found[#found + 1] = was[2] or 'ask'
    found[#found + 1] = was[3] or '0'
  end
end
return found
