"""Pages of publishing: search, listing, state a need, edit, review, import."""
