-- The id of an event begins with its instant, so that old ones are found by it.
drop index events_occurred;

-- Nobody looks for service accounts by when they were made.
drop index users_created;
create index users_created on users (realm_id, created_at, username, service_account_of, id)
    where service_account_of is null;
