-- The id of an event begins with its instant, so that old ones are found by it.
drop index events_occurred;
