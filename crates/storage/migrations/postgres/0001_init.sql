-- Column types stay within BIGINT (milliseconds since 1970), TEXT, BYTEA and BOOLEAN; the SQLite file of the
-- same number says the same with BLOB. Identifiers of tables with many inserts grow with time and are bytes.

create table realms (
    id text not null primary key,
    name text not null unique,
    enabled boolean not null,
    not_before bigint not null,
    settings text not null
);

create table clients (
    id text not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    client_id text not null,
    enabled boolean not null,
    not_before bigint not null,
    settings text not null,
    unique (realm_id, client_id)
);

create table client_secrets (
    id text not null primary key,
    client_uuid text not null references clients (id) on delete cascade,
    sealed bytea not null,
    created_at bigint not null,
    expires_at bigint
);
create index client_secrets_client on client_secrets (client_uuid);

create table scopes (
    id text not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    name text not null,
    settings text not null,
    unique (realm_id, name)
);

create table users (
    id text not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    username text not null,
    enabled boolean not null,
    service_account_of text references clients (id) on delete cascade,
    created_at bigint not null,
    profile text not null,
    unique (realm_id, username)
);
create unique index users_service_account on users (service_account_of) where service_account_of is not null;

create table passwords (
    user_id text not null primary key references users (id) on delete cascade,
    id text not null,
    phc text not null,
    created_at bigint not null
);

create table roles (
    id text not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    client_uuid text references clients (id) on delete cascade,
    name text not null,
    description text not null
);
create index roles_realm on roles (realm_id);
create unique index roles_of_realm on roles (realm_id, name) where client_uuid is null;
create unique index roles_of_client on roles (client_uuid, name) where client_uuid is not null;

create table composites (
    composite text not null references roles (id) on delete cascade,
    contained text not null references roles (id) on delete cascade,
    primary key (composite, contained)
);
create index composites_contained on composites (contained);

create table role_assignments (
    user_id text not null references users (id) on delete cascade,
    role_id text not null references roles (id) on delete cascade,
    primary key (user_id, role_id)
);
create index role_assignments_role on role_assignments (role_id);

create table signing_keys (
    realm_id text not null references realms (id) on delete cascade,
    kid text not null,
    algorithm text not null,
    sealed bytea not null,
    published_at bigint not null,
    active_from bigint not null,
    primary key (realm_id, kid)
);

create table grants (
    id bytea not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    client_uuid text not null references clients (id) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    scope text not null,
    sequence bigint not null,
    rotated_at bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
);
create index grants_client on grants (client_uuid);
create index grants_user on grants (user_id);
create index grants_expires on grants (expires_at);

create table codes (
    hash bytea not null primary key,
    grant_id bytea not null references grants (id) on delete cascade,
    client_uuid text not null,
    redirect_uri text,
    code_challenge text,
    nonce text,
    expires_at bigint not null,
    consumed_at bigint
);
create index codes_grant on codes (grant_id);
create index codes_expires on codes (expires_at);

-- One row for each opaque token: no index and no reference beyond what its end and its realm need.
create table access_tokens (
    id bytea not null primary key,
    hash bytea not null,
    realm_id text not null references realms (id) on delete cascade,
    client_uuid text not null,
    claims text not null,
    expires_at bigint not null
);
create index access_tokens_expires on access_tokens (expires_at);

create table remembered_jtis (
    hash bytea not null primary key,
    expires_at bigint not null
);
create index remembered_jtis_expires on remembered_jtis (expires_at);

-- No reference to realms: the entry must outlive a realm that was removed.
create table changes (
    sequence bigint not null primary key,
    realm_id text not null,
    kind text not null,
    jti text,
    expires_at bigint not null
);
create index changes_expires on changes (expires_at);

create table change_head (
    id bigint not null primary key,
    last bigint not null
);
insert into change_head (id, last) values (1, 0);

create table events (
    id bytea not null primary key,
    occurred_at bigint not null,
    realm text,
    name text not null,
    record text not null
);
create index events_realm on events (realm, occurred_at);
create index events_occurred on events (occurred_at);

create table leases (
    name text not null primary key,
    holder text not null,
    ends_at bigint not null
);

create table facts (
    name text not null primary key,
    value bytea not null
);
