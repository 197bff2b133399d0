-- How many people a realm has, and a number that is another one after each of them who comes, goes or gets another
-- name: as long as it stays, so does everybody's place in the order of names. A service account is no person.
-- Whoever comes is counted by who inserts them: with a trigger, SQLite would keep every page as it was before the
-- statement, in a file.

create table user_counts (
    realm_id text not null primary key references realms (id) on delete cascade,
    people bigint not null,
    state bigint not null
) without rowid;
insert into user_counts (realm_id, people, state)
    select r.id,
           (select count(*) from users u where u.realm_id = r.id and u.service_account_of is null),
           random()
    from realms r;

create trigger realms_counted after insert on realms begin
    insert into user_counts (realm_id, people, state) values (new.id, 0, random());
end;
create trigger users_counted_out after delete on users when old.service_account_of is null begin
    update user_counts set people = people - 1, state = random() where realm_id = old.realm_id;
end;
create trigger users_renamed after update of username on users
    when new.username <> old.username and new.service_account_of is null begin
    update user_counts set state = random() where realm_id = new.realm_id;
end;
