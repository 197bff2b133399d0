-- What the admin API needs: groups, scope mappings, documents, logins at identity providers, search for users.

-- Lists by name are in the order of bytes, as on SQLite, and a prefix is a range of an index.
alter table realms alter column name type text collate "C";
alter table clients alter column client_id type text collate "C";
alter table scopes alter column name type text collate "C";
alter table roles alter column name type text collate "C";
alter table users alter column username type text collate "C";
alter table users alter column email type text collate "C";

create table groups (
    id text not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    parent text references groups (id) on delete cascade,
    name text collate "C" not null,
    description text not null,
    attributes text not null
);
create index groups_realm on groups (realm_id);
create unique index groups_at_top on groups (realm_id, name) where parent is null;
create unique index groups_below on groups (parent, name) where parent is not null;

create table group_roles (
    group_id text not null references groups (id) on delete cascade,
    role_id text not null references roles (id) on delete cascade,
    primary key (group_id, role_id)
);
create index group_roles_role on group_roles (role_id);

create table group_members (
    group_id text not null references groups (id) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    primary key (group_id, user_id)
);
create index group_members_user on group_members (user_id);

create table client_scope_mappings (
    client_uuid text not null references clients (id) on delete cascade,
    role_id text not null references roles (id) on delete cascade,
    primary key (client_uuid, role_id)
);
create index client_scope_mappings_role on client_scope_mappings (role_id);

create table scope_scope_mappings (
    scope_id text not null references scopes (id) on delete cascade,
    role_id text not null references roles (id) on delete cascade,
    primary key (scope_id, role_id)
);
create index scope_scope_mappings_role on scope_scope_mappings (role_id);

create table documents (
    id text not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    kind text not null,
    name text collate "C" not null,
    body text not null,
    unique (realm_id, kind, name)
);

create table federated_identities (
    user_id text not null references users (id) on delete cascade,
    provider text collate "C" not null,
    external_id text not null,
    external_name text not null,
    primary key (user_id, provider)
);
create index federated_identities_external on federated_identities (provider, external_id);
create index federated_identities_id on federated_identities (external_id);

alter table roles add column attributes text not null default '{}';
alter table passwords add column label text not null default '';

-- Mirrors of the profile that a search looks at: lower case, and no longer than an index takes.
alter table users add column not_before bigint not null default 0;
alter table users add column email_verified boolean not null default false;
alter table users add column first_name text collate "C";
alter table users add column last_name text collate "C";
update users set
    email_verified = coalesce((profile::json ->> 'email_verified')::boolean, false),
    first_name = lower(substr(profile::json ->> 'first_name', 1, 255)),
    last_name = lower(substr(profile::json ->> 'last_name', 1, 255));

-- A name or a value that is longer than an index takes stands here as its digest.
create table user_attributes (
    realm_id text not null,
    name text not null,
    value text not null,
    user_id text not null references users (id) on delete cascade,
    primary key (user_id, name, value)
);
create index user_attributes_value on user_attributes (realm_id, name, value, user_id);
insert into user_attributes (realm_id, name, value, user_id)
    select distinct u.realm_id, a.key, v.value, u.id
    from users u, json_each(u.profile::json -> 'attributes') a, json_array_elements_text(a.value) v
    where length(a.key) <= 255 and length(v.value) <= 255;

-- Lists of users are made from these alone, and look at no row that they do not show. The first is shorter than on
-- SQLite: here an entry may not have 2,700 bytes.
create index users_listed on users (realm_id, username, service_account_of) include (id);
drop index users_email;
create index users_email on users (realm_id, email, username, service_account_of);
create index users_first_name on users (realm_id, first_name, username, service_account_of);
create index users_last_name on users (realm_id, last_name, username, service_account_of);
create index users_created on users (realm_id, created_at, username, service_account_of);

create index sessions_realm on sessions (realm_id);

-- What administrators did is little beside all logins.
create index events_admin on events (realm, occurred_at) where name = 'admin_change';
