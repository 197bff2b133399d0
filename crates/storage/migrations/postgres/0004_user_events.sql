-- What people and clients did, for realms that want it listed.
create table user_events (
    id bytea not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    occurred_at bigint not null,
    name text not null,
    client_id text,
    user_id text,
    session_id text,
    address text,
    error text,
    details text not null
);
create index user_events_realm on user_events (realm_id, occurred_at, id);
create index user_events_user on user_events (realm_id, user_id, occurred_at, id) where user_id is not null;
