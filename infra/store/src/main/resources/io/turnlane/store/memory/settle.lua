-- Ends a command without changing the session. ARGV 11 error or ''
return settled_before() or settle(ARGV[11])
