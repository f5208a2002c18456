"""Looking at an index: statistics, correlations, components, influence of parts, trends, comparison."""
