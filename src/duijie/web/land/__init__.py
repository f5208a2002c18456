"""Pages of landing: deals, projects, joint zones, periods."""
