-- People lie in the order in which they are listed, so that a page of a list is a few pages of the file and not one for
-- each of them. Who is looked for by id is found by an index.
--
-- The table is made anew under its name. What refers to it goes on doing so: foreign keys are off meanwhile, and checked
-- at the end.

create table users_by_name (
    id text not null,
    realm_id text not null references realms (id) on delete cascade,
    username text not null,
    enabled boolean not null,
    service_account_of text references clients (id) on delete cascade,
    created_at bigint not null,
    profile text not null,
    required_actions text not null default '[]',
    not_before bigint not null default 0,
    email text,
    email_verified boolean not null default false,
    first_name text,
    last_name text,
    primary key (realm_id, username)
) without rowid;
insert into users_by_name
    (id, realm_id, username, enabled, service_account_of, created_at, profile, required_actions, not_before, email,
     email_verified, first_name, last_name)
    select id, realm_id, username, enabled, service_account_of, created_at, profile, required_actions, not_before, email,
           email_verified, first_name, last_name
    from users order by realm_id, username;
drop table users;
alter table users_by_name rename to users;

create unique index users_id on users (id);
create unique index users_service_account on users (service_account_of) where service_account_of is not null;
create index users_listed on users
    (realm_id, username, email, first_name, last_name, email_verified, enabled, created_at, service_account_of, id);
create index users_email on users (realm_id, email, username, service_account_of, id) where email is not null;
create index users_first_name on users (realm_id, first_name, username, service_account_of, id)
    where first_name is not null;
create index users_last_name on users (realm_id, last_name, username, service_account_of, id)
    where last_name is not null;
create index users_created on users (realm_id, created_at, username, service_account_of, id);

create trigger users_counted_out after delete on users when old.service_account_of is null begin
    update user_counts set people = people - 1, state = random() where realm_id = old.realm_id;
end;
create trigger users_renamed after update of username on users
    when new.username <> old.username and new.service_account_of is null begin
    update user_counts set state = random() where realm_id = new.realm_id;
end;
