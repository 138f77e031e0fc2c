-- A claim forgets what was asked; that its key was used stays, so that a late retry doesn't ask it anew.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'body', '')
end
return {'WIPED'}
