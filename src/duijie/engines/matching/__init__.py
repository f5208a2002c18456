"""Matching: text to features, candidates, ranking and reasons; evaluation, the two-sided market and batches."""
