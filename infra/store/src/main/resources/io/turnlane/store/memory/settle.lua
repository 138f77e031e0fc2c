-- Ends a command without changing the session. ARGV 13 error or ''
return settled_before() or settle(ARGV[13])
