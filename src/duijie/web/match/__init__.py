"""Pages of matching: inbox, interest, introductions."""
