"""The demonstration region: alliances, members, organisations, people and listings, written for this project."""
