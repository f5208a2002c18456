"""What REST doors share: problems, preconditions, idempotency."""
