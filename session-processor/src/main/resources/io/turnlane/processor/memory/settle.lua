-- Ends a command that changes nothing in this session. ARGV 11 error or ''
return settled_before() or settle(ARGV[11])
