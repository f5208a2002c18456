"""The calculations themselves, on arrays: no panel, no framework, no log."""
