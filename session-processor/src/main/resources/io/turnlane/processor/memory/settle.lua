-- Ends a command that changes nothing in this session. ARGV 12 error or ''
return settled_before() or settle(ARGV[12])
