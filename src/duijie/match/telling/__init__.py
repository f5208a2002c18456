"""Telling people of matches elsewhere than behind the bell: what is said, how each channel wants it, the outbox."""
