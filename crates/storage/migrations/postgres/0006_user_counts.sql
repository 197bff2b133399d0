-- How many people a realm has, as SQLite counts them. Here nothing is counted, and no row means just that: all who add
-- people to a realm at the same time would wait for one another to commit.

create table user_counts (
    realm_id text not null primary key references realms (id) on delete cascade,
    people bigint not null,
    state bigint not null,
    constraint not_counted check (false)
);
