"""From a design and the values on record to an index: its data, its making, its note, its files."""
