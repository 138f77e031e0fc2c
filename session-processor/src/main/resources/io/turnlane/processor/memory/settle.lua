-- A command ends that changes nothing here. ARGV 12 error or ''
return settled_before() or settle(ARGV[12])
