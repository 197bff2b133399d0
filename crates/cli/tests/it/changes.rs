//! `keyward user set`, `client set`, `realm set`: what was not taken is told.

use crate::support::{Ended, Keyward, Terminal, new_server};

fn logged_in() -> (Keyward, Terminal) {
    let (server, terminal) = new_server();
    terminal.login();
    (server, terminal)
}

/// Exit code, stdout and stderr.
#[track_caller]
fn assert_told(ended: &Ended, code: i32, stdout: &str, stderr: &str) {
    let told = (ended.status.code(), ended.stdout.as_str(), ended.stderr.as_str());
    assert_eq!(told, (Some(code), stdout, stderr));
}

#[test]
fn a_member_that_a_change_does_not_change_is_told() {
    let (_server, terminal) = logged_in();
    let user = |members: &[&str]| terminal.ended(&[&["user", "set", "alice", "-r", "demo"], members].concat());
    assert_told(
        &user(&[
            "--set",
            "firstName=Alicia",
            "--set",
            "id=other",
            "--set",
            "groups=[\"/staff\"]",
            "--set",
            "realmRoles=[\"x\"]",
        ]),
        0,
        "alice is changed\n",
        "note: groups is not changed by this: people enter groups by keyward user groups add alice GROUP --realm demo\n\
         note: id is not changed by this: it is given once\n\
         note: realmRoles is not changed by this: roles are given by keyward user roles add alice ROLE --realm demo\n",
    );
    assert_told(
        &user(&["--set", "attributes.color=red"]),
        0,
        "alice is changed\n",
        "note: attributes is not changed by this: the user profile of realm demo has no such attribute, or does not let it \
         have this value. Add it to the profile, or let its unmanagedAttributePolicy take attributes that it does not name\n",
    );
    // As often as it is given.
    for _ in 0..2 {
        assert_told(
            &user(&["--set", "email=Alice@Example.org"]),
            0,
            "alice is changed\n",
            "note: email is alice@example.org\n",
        );
    }
    let client = ["client", "set", "backend-service", "-r", "demo", "--set"];
    assert_told(
        &terminal.ended(&[&client[..], &["attributes.\"any.name\"=1"]].concat()),
        0,
        "client backend-service is changed\n",
        "",
    );
}

#[test]
fn a_number_that_is_kept_within_bounds_is_told() {
    let (_server, terminal) = logged_in();
    for (given, is) in [("-5", "1"), ("1000000", "86400"), ("2000000", "86400")] {
        assert_told(
            &terminal.ended(&["realm", "set", "demo", "--set", &format!("accessTokenLifespan={given}")]),
            0,
            "realm demo is changed\n",
            &format!("note: accessTokenLifespan is {is}\n"),
        );
    }
    let json = terminal.ended(&[
        "realm",
        "set",
        "demo",
        "--json",
        "--set",
        "users=[{\"username\":\"x\"}]",
    ]);
    assert_eq!(json.status.code(), Some(0));
    assert!(json.stdout.starts_with('{') && json.stdout.contains("\"realm\":\"demo\""));
    assert_eq!(
        json.stderr,
        "note: users is not changed by this: they are made by keyward user create --realm demo\n"
    );
}

#[test]
fn a_redirect_uri_that_was_there_stays_below_another_root() {
    let (_server, terminal) = logged_in();
    let create = ["client", "create", "--id", "moved", "-r", "demo"];
    let old = [
        "--set",
        "rootUrl=https://old.example.com",
        "--set",
        "redirectUris=[\"/cb\"]",
    ];
    terminal.ended(&[&create[..], &old[..]].concat());
    assert_eq!(
        terminal.run(&[
            "client",
            "set",
            "moved",
            "-r",
            "demo",
            "--set",
            "rootUrl=http://new.example.com"
        ]),
        "client moved is changed\n"
    );
}

#[test]
fn a_redirect_uri_is_refused_in_a_change_as_in_a_new_client() {
    let (_server, terminal) = logged_in();
    for verb in [&["set", "frontend-app"][..], &["create", "--id", "new"]] {
        for (uri, told) in [
            (
                "http://shop.example.com/cb",
                "http is for loopback addresses only: \"http://shop.example.com/cb\"",
            ),
            (
                "https://shop.example.com/*",
                "no wildcards; give each URI in full: \"https://shop.example.com/*\"",
            ),
        ] {
            let set = format!("redirectUris=[\"{uri}\"]");
            let options = ["-r", "demo", "--set", &set];
            assert_eq!(
                terminal.refused(&[&["client"], verb, &options[..]].concat()),
                format!("redirectUris: {told}")
            );
        }
    }
}

#[test]
fn a_wrong_value_of_a_person_is_told_in_words() {
    let (_server, terminal) = logged_in();
    let refused = |member: &str| terminal.refused(&["user", "set", "alice", "-r", "demo", "--set", member]);
    assert_eq!(
        refused("email=nobody"),
        "email: must be a mail address of the form name@host"
    );
    let read_only = refused("username=alicia");
    let (told, cure) = read_only.split_once(" with keyward ").unwrap();
    assert_eq!(told, "username: realm demo lets no user name change. Allow it");
    // What it says is what helps.
    terminal.run(&cure.split(' ').collect::<Vec<_>>());
    assert_eq!(
        terminal.run(&["user", "set", "alice", "-r", "demo", "--set", "username=alicia"]),
        "alice is changed\n"
    );
    let several = [
        "user",
        "set",
        "alicia",
        "-r",
        "demo",
        "--set",
        "email=nobody",
        "--set",
        "firstName=<",
    ];
    assert_told(
        &terminal.ended(&several),
        1,
        "",
        "email: must be a mail address of the form name@host\n\
         firstName: has a character that the name of a person must not have\n\
         keyward: nothing was changed: mend what stands above\n",
    );
}
