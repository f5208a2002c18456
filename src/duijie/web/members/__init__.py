"""Pages of members: directory, organisations, people and roles, keys, agreements, administration, one's own account."""
