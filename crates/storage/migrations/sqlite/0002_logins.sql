-- What logins need: sessions, grants, consents, failures, one-time password devices, HMAC keys.
-- No release has written grants or codes: they are made anew.
drop table codes;
drop table grants;

-- A rotation writes no column that an index has.
create table grants (
    id blob not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    client_uuid text not null references clients (id) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    session_id blob not null,
    kind text not null,
    authorized text not null,
    sequence bigint not null,
    previous bigint not null,
    rotated_at bigint not null,
    idle_secs bigint not null,
    access_until bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
) without rowid;
create index grants_client on grants (client_uuid);
create index grants_user on grants (user_id);
create index grants_session on grants (session_id);
create index grants_expires on grants (expires_at);

-- A code comes before its grant and lives for a minute: it refers to its realm alone.
create table codes (
    hash blob not null primary key,
    grant_id blob not null,
    realm_id text not null references realms (id) on delete cascade,
    client_uuid text not null,
    user_id text not null,
    session_id blob not null,
    authorized text not null,
    redirect_uri text not null,
    code_challenge text,
    nonce text,
    expires_at bigint not null,
    consumed_at bigint
) without rowid;
create index codes_expires on codes (expires_at);

create table sessions (
    id blob not null primary key,
    realm_id text not null references realms (id) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    cookie blob,
    auth_time bigint not null,
    address text not null,
    user_agent text not null,
    started_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
) without rowid;
create index sessions_user on sessions (user_id);
create index sessions_expires on sessions (expires_at);

create table consents (
    user_id text not null references users (id) on delete cascade,
    client_uuid text not null references clients (id) on delete cascade,
    scope text not null,
    given_at bigint not null,
    primary key (user_id, client_uuid)
) without rowid;
create index consents_client on consents (client_uuid);

-- A row that is not counted was made only to be locked.
create table login_failures (
    realm_id text not null references realms (id) on delete cascade,
    key text not null,
    counted boolean not null,
    failures bigint not null,
    temporary_lockouts bigint not null,
    last_failure_at bigint not null,
    locked_until bigint,
    permanently boolean not null,
    primary key (realm_id, key)
) without rowid;
create index login_failures_last on login_failures (last_failure_at);

create table otps (
    id text not null primary key,
    user_id text not null references users (id) on delete cascade,
    label text not null,
    algorithm text not null,
    digits bigint not null,
    period bigint not null,
    sealed blob not null,
    last_step bigint not null,
    created_at bigint not null
) without rowid;
create index otps_user on otps (user_id);

create table hmac_keys (
    realm_id text not null references realms (id) on delete cascade,
    kid text not null,
    sealed blob not null,
    created_at bigint not null,
    primary key (realm_id, kid)
) without rowid;

create index passwords_id on passwords (id);

alter table users add column required_actions text not null default '[]';
alter table users add column email text;
update users set email = lower(json_extract(profile, '$.email'));
create index users_email on users (realm_id, email);

alter table changes add column subject text;
