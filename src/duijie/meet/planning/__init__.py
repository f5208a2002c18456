"""Planning: from the records to the engine and back, and what a change by hand would break. No permissions here."""
