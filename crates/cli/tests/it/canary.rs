//! No secret shows anywhere: a scenario with known secrets, at the loudest log level, and a search through all that
//! came out of it and through the database.

use std::fs;

use rusqlite::Connection;

use crate::support::{
    APPLICATION, Browser, Client, Keyward, PASSWORD as OF_ALICE, Postgres, Realm, Site, Tokens, VERIFIER, basic, code,
    code_now, eventually, form, get, post, ready_address, redeem, run, secret_of,
};

const PASSWORD: &str = "canary-password-of-the-admin";

/// What wrong callers present.
const WRONG: [&str; 9] = [
    "canary-in-basic",
    "canary-in-the-form",
    "canary-in-the-query",
    "canary-as-token",
    "canary-as-bearer",
    "canary-in-an-assertion",
    "canary-in-a-cookie",
    "canary-typed-as-password",
    "canary-typed-as-user-name",
];

#[test]
fn sqlite_and_its_output_hold_no_secret() {
    let mut site = Site::new();
    let (output, secrets) = scenario(&mut site, "");
    search(&output, &secrets);
    // The file as it lies there, and a copy by SQLite itself, where no value is torn by the border of a page.
    let file = site.path("keyward.db");
    search(&String::from_utf8_lossy(&fs::read(&file).unwrap()), &secrets);
    let copy = site.path("copy.db");
    let db = Connection::open(file).unwrap();
    db.execute("vacuum into ?1", [copy.to_str().unwrap()]).unwrap();
    search(&String::from_utf8_lossy(&fs::read(copy).unwrap()), &secrets);
}

#[test]
fn output_with_postgresql_holds_no_secret() {
    let Some(database) = Postgres::create() else { return };
    let mut site = Site::on(&database.url());
    let (output, secrets) = scenario(&mut site, "format = \"json\"\n");
    search(&output, &secrets);
}

fn search(text: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(secret.len() >= 8);
        if let Some(at) = text.find(secret.as_str()) {
            let start = text[..at].rfind('\n').unwrap_or(0);
            let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
            panic!("{secret} shows in {}", &text[start..end]);
        }
    }
}

/// Runs the scenario. Returns everything that came out and the secrets that must not be in it.
fn scenario(site: &mut Site, log: &str) -> (String, Vec<String>) {
    site.server = "management_listen = \"127.0.0.1:0\"\n".into();
    site.tables = format!("[log]\nlevel = \"trace\"\n{log}\n[audit]\noutput = \"stdout\"\n");
    let mut command = site.command(&["serve"]);
    command.env("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD);
    let mut node = Keyward::start(command);
    let [address, management] =
        ["listen", "management"].map(|name| node.line("ready", |node| address(&node.stderr(), name)));
    let (realm, service, api) = site.realm(address, &[]);
    let create = [
        "client",
        "create",
        "--realm",
        "demo",
        "--json",
        "--id",
        "reference",
        "--format",
        "opaque",
    ];
    let reference = Client::of_command(&site.run(&create));
    eventually("the clients", || (realm.ask(&reference).status == 200).then_some(()));
    let mut secrets: Vec<String> = WRONG.iter().map(|&wrong| wrong.to_owned()).collect();
    for client in [&service, &reference] {
        let token = realm.token(client);
        realm.is_active(&api, &token);
        realm.revoke(&api, &token);
        assert_eq!(realm.revoke(client, &token).status, 200);
        realm.is_active(&api, &token);
        // The signature of a JWT, or all of a reference.
        secrets.push(token.rsplit('.').next().unwrap().to_owned());
        secrets.push(token);
    }
    let rotate = [
        "client",
        "rotate-secret",
        "--realm",
        "demo",
        "--json",
        "--id",
        "service",
    ];
    secrets.push(Client::of_command(&site.run(&rotate)).secret);
    for client in [&service, &reference, &api] {
        secrets.push(client.secret.clone());
        secrets.push(basic(&client.client_id, &client.secret).split_off("Basic ".len()));
    }
    secrets.extend([PASSWORD.to_owned(), site.sealing_key()]);
    wrong_callers(&realm, &service);
    secrets.append(&mut a_person(site, &realm));
    // The last events are written at the stop.
    let metrics = get(management, "/metrics", &[]).body;
    let ended = node.stop();
    for expected in [
        "client_authentication_failed",
        "access_token_issued",
        "token_revoked",
        "login_failed",
        "logged_in",
        "authorization_code_issued",
        "refresh_token_reused",
        "logged_out",
    ] {
        assert!(
            ended.stdout.contains(expected),
            "{expected} is not in\n{}",
            ended.stdout
        );
    }
    (format!("{}\n{}\n{metrics}", ended.stdout, ended.stderr), secrets)
}

/// A person mistypes, logs in with two factors, is refreshed, sees their account, and logs out; then somebody comes
/// with what was theirs. Returns everything secret that passed by.
fn a_person(site: &Site, realm: &Realm) -> Vec<String> {
    site.people();
    let uri = site.run(&["user", "add-otp", "alice", "--realm", "demo"]);
    let secret = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let mut seen = vec![OF_ALICE.to_owned(), secret.to_owned(), VERIFIER.to_owned()];
    let mut browser = Browser::default();
    let login = eventually("the application", || {
        Some(browser.login_page(realm, APPLICATION)).filter(|page| page.status == 200)
    });
    let [.., wrong_password, wrong_name] = WRONG;
    let mut page = login;
    for fields in [
        format!("username=alice&password={wrong_password}"),
        format!("username={wrong_name}&password={wrong_password}"),
        format!("username=alice&password={OF_ALICE}"),
    ] {
        seen.extend(form(&page).0.split("interaction=").nth(1).map(str::to_owned));
        page = browser.submit(realm.address, &page, &fields);
    }
    let otp = format!("otp={}", code_now(&secret_of(&uri)));
    let answer = browser.submit(realm.address, &page, &otp);
    let code = code(&answer);
    let tokens = Tokens::of(&realm.post("token", &redeem(APPLICATION, &code)));
    let refresh = |token: &str| realm.refresh(APPLICATION.client_id, token);
    let second = Tokens::of(&refresh(&tokens.refresh));
    let third = Tokens::of(&refresh(&second.refresh));
    assert_eq!(realm.userinfo(&third.access).status, 200);
    let account = browser.get(realm.address, "/realms/demo/account");
    assert!(account.body.contains("alice@example.com"), "{account:?}");
    // Some are the sessions' ids, which the audit record names.
    let cookies = browser.cookies.iter().filter(|(name, _)| !name.contains("-state-"));
    seen.extend(cookies.flat_map(|(_, value)| [value.clone(), value.rsplit('.').next().unwrap().to_owned()]));
    let logout = format!(
        "{}?id_token_hint={}&post_logout_redirect_uri={}",
        realm.path("logout"),
        third.id,
        APPLICATION.redirect_uri
    );
    assert_eq!(browser.get(realm.address, &logout).status, 302);
    let [a, b, c] = [&tokens, &second, &third].map(|tokens| [&tokens.access, &tokens.refresh, &tokens.id]);
    for token in [a, b, c].into_iter().flatten() {
        seen.push(token.clone());
        seen.push(token.rsplit('.').next().unwrap().to_owned());
    }

    // A family that somebody else has a token of, a spent code, and a password that the operator replaces.
    let page = browser.login_page(realm, APPLICATION);
    assert!(page.body.contains("kc-form-login"), "{page:?}");
    assert_eq!(refresh(&tokens.refresh).status, 400);
    assert_eq!(realm.post("token", &redeem(APPLICATION, &code)).status, 400);
    seen.push(code);
    seen.append(&mut a_stolen_token(site, realm));
    seen
}

/// Somebody without a second factor, so that the password grant serves; their refresh token is used twice.
fn a_stolen_token(site: &Site, realm: &Realm) -> Vec<String> {
    let passwords = ["canary-password-of-carol", "canary-second-of-carol"];
    let command = |verb: &str, password: &str| {
        let mut command = site.command(&["user", verb, "carol", "--realm", "demo"]);
        run(command.env("KEYWARD_USER_PASSWORD", password)).printed();
    };
    command("create", passwords[0]);
    let first = realm.password_grant(APPLICATION.client_id, "carol", passwords[0]);
    let refresh = |token: &str| realm.refresh(APPLICATION.client_id, token);
    let second = Tokens::of(&refresh(&first.refresh));
    let third = Tokens::of(&refresh(&second.refresh));
    assert_eq!(refresh(&first.refresh).status, 400);
    command("set-password", passwords[1]);
    let tokens = [first, second, third].map(|tokens| [tokens.access, tokens.refresh]);
    passwords
        .map(str::to_owned)
        .into_iter()
        .chain(tokens.into_iter().flatten())
        .collect()
}

fn wrong_callers(realm: &Realm, service: &Client) {
    let [in_basic, form, query, token, bearer, assertion, cookie, ..] = WRONG;
    let path = realm.path("token");
    let grant = "grant_type=client_credentials";
    let post = |path: &str, headers: &[(&str, &str)], form: &str| post(realm.address, path, headers, form).status;
    assert_eq!(realm.ask(&Client::new("service", in_basic)).status, 401);
    assert_eq!(realm.ask(&Client::new(in_basic, in_basic)).status, 401);
    assert_eq!(
        post(&path, &[], &format!("{grant}&client_id=service&client_secret={form}")),
        401
    );
    assert_eq!(
        post(&path, &[], &format!("{grant}&client_id={form}&client_secret={form}")),
        401
    );
    post(
        &path,
        &[],
        &format!("client_secret={form}&client_secret={form}&%ff={form}"),
    );
    post(&format!("{path}?client_id=service&client_secret={query}"), &[], grant);
    post(&format!("{path}?%00={query}"), &[], grant);
    post(&format!("/{query}"), &[], grant);
    post(&format!("/realms/{query}/protocol/openid-connect/token"), &[], grant);
    assert!(!realm.is_active(service, token));
    assert!(!realm.is_active(service, &format!("kwt_{token}")));
    assert_eq!(realm.revoke(service, &format!("eyJh.{token}.x")).status, 200);
    post(&path, &[("authorization", &format!("Bearer {bearer}"))], grant);
    post(&path, &[("authorization", &format!("Basic {bearer}!"))], grant);
    let assertion = format!("client_assertion_type=urn%3Aietf&client_assertion={assertion}");
    post(&path, &[], &format!("{grant}&{assertion}"));
    post(&path, &[("cookie", cookie), ("x-request-id", "two words")], grant);
}

/// An address from the log line, as text or as JSON.
fn address(log: &str, name: &str) -> Option<std::net::SocketAddr> {
    if let Some(found) = ready_address(log, name) {
        return Some(found);
    }
    let mut lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let ready = lines.find(|line| line["message"] == "ready")?;
    Some(ready[name].as_str().unwrap().parse().unwrap())
}
