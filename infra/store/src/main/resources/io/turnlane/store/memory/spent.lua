-- Returns the usage of a session on the last day on which it used models.
-- KEYS 1 usage of the session  Returns {'SPENT', day, id, usage} or {'NONE'}
local spent = read(KEYS[1], 'day', 'id', 'usage')
return spent.usage and {'SPENT', spent.day, spent.id, spent.usage} or {'NONE'}
