//! `keyward user`: people, their passwords and second factors.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{
    APPLICATION, Answer, Browser, Ended, PASSWORD, Realm, Site, Tokens, code, code_now, eventually, redeem, run,
    secret_of,
};

const CREATE: [&str; 5] = ["user", "create", "--realm", "demo", "--json"];
const SET: [&str; 4] = ["user", "set-password", "--realm", "demo"];

fn site() -> Site {
    let site = Site::new();
    site.run(&[
        "realm",
        "create",
        "demo",
        "--password-policy",
        "length(12) and notUsername",
    ]);
    site
}

fn with_password(site: &Site, arguments: &[&str], password: &str) -> Ended {
    let mut command = site.command(arguments);
    run(command.env("KEYWARD_USER_PASSWORD", password))
}

fn login(realm: &Realm, username: &str, password: &str) -> Answer {
    let client_id = APPLICATION.client_id;
    let form =
        format!("grant_type=password&client_id={client_id}&username={username}&password={password}&scope=openid");
    realm.post("token", &form)
}

#[test]
fn a_person_is_created_and_logs_in() {
    let site = site();
    site.people();
    let person = [
        "carol",
        "--email",
        "Carol@Example.com",
        "--first-name",
        "Carol",
        "--last-name",
        "Clark",
    ];
    let created = with_password(&site, &[&CREATE[..], &person].concat(), "correct horse battery").printed();
    let created: Value = serde_json::from_str(&created).unwrap();
    assert_eq!(created["username"], "carol");
    let (_node, address) = site.serve();
    let realm = Realm::new(address, "demo");
    let mut browser = Browser::default();
    let page = browser.login_page(&realm, APPLICATION);
    // By their mail address, as people do.
    let fields = "username=carol@example.com&password=correct+horse+battery";
    let answer = browser.submit(address, &page, fields);
    let tokens = Tokens::of(&realm.post("token", &redeem(APPLICATION, &code(&answer))));
    let claims = realm.userinfo(&tokens.access).json();
    assert_eq!(claims["sub"], created["id"]);
    assert_eq!(
        (&claims["given_name"], &claims["family_name"]),
        (&"Carol".into(), &"Clark".into())
    );
}

#[test]
fn the_password_comes_from_a_file_or_from_stdin() {
    let site = site();
    site.people();
    fs::write(site.path("password"), "from a file 123\nand more\n").unwrap();
    let file = site.path("password").display().to_string();
    site.run(&[&CREATE[..], &["carol", "--password-file", &file]].concat());
    let mut command = site.command(&[&CREATE[..], &["dave"]].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"from stdin 1234").unwrap();
    assert!(child.wait().unwrap().success());
    let (_node, address) = site.serve();
    let realm = Realm::new(address, "demo");
    Tokens::of(&login(&realm, "carol", "from+a+file+123"));
    Tokens::of(&login(&realm, "dave", "from+stdin+1234"));
}

#[test]
fn people_that_cannot_be() {
    let site = site();
    site.people();
    let refused = |arguments: &[&str], password: &str| {
        let line = with_password(&site, arguments, password).failed();
        line.strip_prefix("keyward: ").unwrap().to_owned()
    };
    let create = |username: &str, options: &[&str], password: &str| {
        refused(&[&CREATE[..], &[username], options].concat(), password)
    };
    let good = "correct horse battery";
    assert_eq!(create("alice", &[], good), "a user of this name exists already");
    assert_eq!(create("ALICE", &[], good), "a user of this name exists already");
    assert_eq!(
        create("eve", &["--email", "ALICE@example.com"], good),
        "a user with this mail address exists already"
    );
    assert_eq!(
        create("eve", &["--email", "example.com"], good),
        "\"eve\": a mail address has the form name@host and at most 255 characters"
    );
    assert!(create("e ve", &[], good).starts_with("\"e ve\": a user name has 1 to 255 characters"));
    assert_eq!(
        create("eve", &[], "short"),
        "realm demo refuses it: Invalid password: minimum length 12."
    );
    assert_eq!(
        create("evelyn-evans", &[], "evelyn-evans"),
        "realm demo refuses it: Invalid password: must not be equal to the username."
    );
    assert_eq!(
        create("eve", &[], ""),
        "there is no password. Set KEYWARD_USER_PASSWORD, name a --password-file, or type it"
    );
    assert_eq!(
        refused(&[&SET[..], &["eve"]].concat(), good),
        "there is no user \"eve\" in realm demo"
    );
    site.run(&["client", "create", "--realm", "demo", "--id", "service"]);
    assert_eq!(
        refused(&[&SET[..], &["service-account-service"]].concat(), good),
        "\"service-account-service\" is the service account of a client and does not log in"
    );
    assert!(refused(&[&SET[..], &["alice"]].concat(), "short").starts_with("realm demo refuses it: "));
    let policy = ["realm", "create", "other", "--password-policy", "passwordHistory(3)"];
    assert_eq!(
        run(&mut site.command(&policy)).failed(),
        "keyward: --password-policy: the rule \"passwordHistory(3)\" is not kept yet. Leave it out"
    );
}

#[test]
fn a_new_password_ends_every_session() {
    let site = site();
    site.people();
    let (_node, address) = site.serve();
    let realm = Realm::new(address, "demo");
    let mut browser = Browser::default();
    let page = browser.login_page(&realm, APPLICATION);
    let fields = format!("username=alice&password={PASSWORD}");
    let answer = browser.submit(address, &page, &fields);
    let tokens = Tokens::of(&realm.post("token", &redeem(APPLICATION, &code(&answer))));

    let new = "another long password";
    let said = with_password(&site, &[&SET[..], &["alice", "--temporary"]].concat(), new).printed();
    assert_eq!(said, "alice has a new password; sessions ended: 1\n");
    eventually("the end of the access token", || {
        (realm.userinfo(&tokens.access).status == 401).then_some(())
    });
    assert_eq!(realm.refresh(APPLICATION.client_id, &tokens.refresh).status, 400);
    let page = browser.login_page(&realm, APPLICATION);
    assert!(page.body.contains("kc-form-login"), "{page:?}");
    let page = browser.submit(address, &page, &fields);
    assert!(page.body.contains("input-error"), "{page:?}");

    // A temporary one leads to the page that asks for their own.
    let page = browser.submit(address, &page, "username=alice&password=another+long+password");
    assert!(page.body.contains("password-new"), "{page:?}");
    let own = "password-new=quite+my+own+one&password-confirm=quite+my+own+one";
    let answer = browser.submit(address, &page, own);
    Tokens::of(&realm.post("token", &redeem(APPLICATION, &code(&answer))));
    assert_eq!(login(&realm, "alice", "another+long+password").status, 400);
    Tokens::of(&login(&realm, "alice", "quite+my+own+one"));
}

#[test]
fn a_second_factor_is_asked_for() {
    let site = site();
    site.people();
    let uri = site.run(&["user", "add-otp", "alice", "--realm", "demo", "--label", "Phone"]);
    let secret = secret_of(&uri);
    let (_node, address) = site.serve();
    let realm = Realm::new(address, "demo");
    assert_eq!(login(&realm, "alice", PASSWORD).status, 400);
    let mut browser = Browser::default();
    let page = browser.login_page(&realm, APPLICATION);
    let page = browser.submit(address, &page, &format!("username=alice&password={PASSWORD}"));
    assert!(page.body.contains("name=\"otp\""), "{page:?}");
    let answer = browser.submit(address, &page, &format!("otp={}", code_now(&secret)));
    Tokens::of(&realm.post("token", &redeem(APPLICATION, &code(&answer))));
}

#[test]
fn a_lost_second_factor_is_replaced_and_never_silently_joined() {
    let site = site();
    site.people();
    let first = secret_of(&site.run(&["user", "add-otp", "alice", "--realm", "demo"]));
    let refused = run(&mut site.command(&["user", "add-otp", "alice", "--realm", "demo"])).failed();
    assert!(
        refused.contains("--replace") && refused.contains("--another"),
        "{refused}"
    );
    let second = secret_of(&site.run(&["user", "add-otp", "alice", "--realm", "demo", "--replace"]));
    let (_node, address) = site.serve();
    let realm = Realm::new(address, "demo");
    for (secret, lets_in) in [(&first, false), (&second, true)] {
        let mut browser = Browser::default();
        let page = browser.login_page(&realm, APPLICATION);
        let page = browser.submit(address, &page, &format!("username=alice&password={PASSWORD}"));
        let answer = browser.submit(address, &page, &format!("otp={}", code_now(secret)));
        assert_eq!(answer.status == 303, lets_in, "{answer:?}");
    }
}
