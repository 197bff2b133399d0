-- Whoever has no mail address or no names, as service accounts have none, is found by none: no row of an index for them.

drop index users_email;
create index users_email on users (realm_id, email, username, service_account_of) where email is not null;
drop index users_first_name;
create index users_first_name on users (realm_id, first_name, username, service_account_of)
    where first_name is not null;
drop index users_last_name;
create index users_last_name on users (realm_id, last_name, username, service_account_of) where last_name is not null;
