"""Who should talk to whom. Tables come with the first matching."""
