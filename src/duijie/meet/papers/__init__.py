"""Papers of events: calendars, prints, sheets, the report. Each takes what a query gave and returns bytes."""
