//! `keyward realm`, `keyward client` and `keyward key`.

use std::fs;

use serde_json::Value;

use rusqlite::Connection;

use crate::support::{
    APPLICATION, Answer, Client, Ended, Keyward, PASSWORD, Realm, Site, Tokens, base64, code_now, eventually, keyward,
    run, secret_of,
};

const CREATE: [&str; 6] = ["client", "create", "--realm", "demo", "--json", "--id"];

#[test]
fn realms_are_created_and_listed() {
    let site = Site::new();
    let created: Value = serde_json::from_str(&site.run(&["realm", "create", "shop", "--json"])).unwrap();
    assert_eq!((&created["realm"], &created["enabled"]), (&"shop".into(), &true.into()));
    assert_eq!(created["id"].as_str().unwrap().len(), 36);
    site.run(&["realm", "create", "demo"]);
    let listed = site.run(&["realm", "list", "--json"]);
    let names: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        names.iter().map(|row| &row["realm"]).collect::<Vec<_>>(),
        ["demo", "shop"]
    );
    assert!(
        site.run(&["realm", "list"])
            .contains(&format!("{}  shop\n", created["id"].as_str().unwrap()))
    );
    let config = site.path("keyward.toml").display().to_string();
    let refused = |arguments: &[&str]| run(&mut site.command(arguments)).failed();
    assert_eq!(
        refused(&["realm", "create", "shop"]),
        format!(
            "keyward: Realm shop already exists. keyward realm list --config {config} names them; over a login (keyward \
             login URL) keyward realm set shop changes it"
        )
    );
    assert!(refused(&["realm", "create", "a/b"]).starts_with("keyward: \"a/b\": "));
}

#[test]
fn a_running_server_notices_at_once() {
    let site = Site::new();
    let (_node, address) = site.serve();
    let late = Realm::new(address, "demo");
    assert_eq!(late.metadata(&[]).status, 404);
    let (realm, service, api) = site.realm(address, &[]);
    eventually("the new realm with its clients", || {
        (realm.ask(&service).status == 200).then_some(())
    });
    assert!(realm.is_active(&api, &realm.token(&service)));
}

#[test]
fn clients_get_the_tokens_that_were_asked_for() {
    let site = Site::new();
    let (_node, address) = site.serve();
    let (realm, _, api) = site.realm(address, &[]);
    let create = |options: &[&str]| {
        let client = Client::of_command(&site.run(&[&CREATE[..], options, &["--audience", "api"]].concat()));
        let answer = eventually("the new client", || {
            Some(realm.ask(&client)).filter(|answer| answer.status == 200)
        });
        assert!(realm.is_active(&api, answer.json()["access_token"].as_str().unwrap()));
        answer
    };
    let lifespan = |answer: &Answer| answer.json()["expires_in"].as_u64().unwrap();
    let token = |answer: &Answer| answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(lifespan(&create(&["usual"])), 300);
    assert_eq!(lifespan(&create(&["short", "--lifespan", "60"])), 60);
    assert_eq!(
        lifespan(&create(&["long", "--lifespan", "3600", "--long-lifespan"])),
        3600
    );
    create(&["high", "--high-security"]);
    // The realm's default is within the profile, so only the row tells the two apart.
    let db = Connection::open(site.path("keyward.db")).unwrap();
    let settings: String = db
        .query_row("select settings from clients where client_id = 'high'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert!(settings.contains("\"profile\":\"high\""), "{settings}");
    assert!(token(&create(&["reference", "--format", "opaque"])).starts_with("kwt_"));
    for algorithm in ["PS256", "ES256", "EdDSA"] {
        let answer = create(&[algorithm, "--alg", algorithm, "--format", "at+jwt"]);
        let header = format!("{{\"alg\":\"{algorithm}\",");
        assert!(token(&answer).starts_with(&base64(&header)), "{algorithm}");
    }
}

#[test]
fn clients_that_cannot_be() {
    let site = Site::new();
    site.run(&["realm", "create", "demo"]);
    let config = site.path("keyward.toml").display().to_string();
    let refused = |options: &[&str]| {
        let line = run(&mut site.command(&[&CREATE[..], options].concat())).failed();
        line.strip_prefix("keyward: ").unwrap().to_owned()
    };
    site.run(&[&CREATE[..], &["there"]].concat());
    assert_eq!(refused(&["there"]), "a client of this client_id exists already");
    assert_eq!(
        refused(&["a", "--scope", "none"]),
        format!(
            "there is no scope \"none\" in realm demo. Make it with keyward scope create none --realm demo --config {config}"
        )
    );
    let lone = run(&mut site.command(&[&CREATE[..], &["lone", "--public"]].concat()));
    assert!(
        lone.stderr.contains(
            "until it has a redirect URI: over a login (keyward login URL) keyward client set lone --realm demo"
        ),
        "{}",
        lone.stderr
    );
    let line = refused(&["b", "--lifespan", "3600"]);
    assert!(
        line.contains("--lifespan: ") && line.contains("--long-lifespan"),
        "{line}"
    );
    let mut command = site.command(&["client", "create", "--realm", "none", "--id", "c"]);
    assert_eq!(
        run(&mut command).failed(),
        format!("keyward: there is no realm \"none\". keyward realm list --config {config} names them")
    );
}

#[test]
fn a_rotated_secret_overlaps_with_the_old_one_for_as_long_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (_process, line) = Keyward::dev(folder.path());
    let (realm, first) = (Realm::of_dev(&line), Client::of_dev(&line, "backend-service"));
    let rotate = |options: &[&str]| -> Ended {
        let mut command = keyward(&["client", "rotate-secret", "--realm", "demo", "--json"]);
        run(command.args(options).arg("--data").arg(folder.path()))
    };
    let works = |client: &Client| {
        let answer = realm.ask(client);
        // Asking again and again with a secret that is not known yet is guessing (429), a right one never pays for it.
        assert!(matches!(answer.status, 200 | 401 | 429), "{answer:?}");
        answer.status == 200
    };
    let second = Client::of_command(&rotate(&["--id", "backend-service"]).printed());
    eventually("the second secret", || works(&second).then_some(()));
    assert!(works(&first));
    let third = Client::of_command(&rotate(&["--id", "backend-service", "--overlap", "0"]).printed());
    eventually("the third secret", || works(&third).then_some(()));
    assert!(!works(&second) && !works(&first));
    let line = rotate(&["--id", "frontend-app"]).failed();
    assert_eq!(line, "keyward: \"frontend-app\" is a public client and has no secret");
    let line = rotate(&["--id", "none"]).failed();
    assert_eq!(line, "keyward: there is no client \"none\" in realm demo");
}

#[test]
fn everything_moves_to_a_new_sealing_key() {
    let mut site = Site::new();
    let (node, address) = site.serve();
    let (realm, service, _) = site.realm(address, &[]);
    let keys = realm.metadata(&[]).json()["jwks_uri"].clone();
    site.people();
    let tokens = realm.password_grant(APPLICATION.client_id, "alice", PASSWORD);
    let otp = secret_of(&site.run(&["user", "add-otp", "alice", "--realm", "demo"]));
    node.stop();
    fs::rename(site.path("sealing.key"), site.path("old.key")).unwrap();
    fs::write(
        site.path("sealing.key"),
        run(&mut keyward(&["key", "generate"])).printed(),
    )
    .unwrap();
    assert!(
        run(&mut site.command(&["key", "reseal"]))
            .failed()
            .contains("sealed under key")
    );

    let config = site.config();
    let text = fs::read_to_string(&config).unwrap();
    let older = format!(
        "sealing.key\"\nolder_key_files = [\"{}\"]",
        site.path("old.key").display()
    );
    fs::write(&config, text.replace("sealing.key\"", &older)).unwrap();
    let reseal = || run(keyward(&["key", "reseal", "--config"]).arg(&config)).printed();
    // Two realms with four keys and an HMAC key each, two clients, and a second factor.
    assert_eq!(reseal(), "13 secrets and keys sealed anew\n");
    assert_eq!(reseal(), "0 secrets and keys sealed anew\n");
    fs::remove_file(site.path("old.key")).unwrap();

    site.tables.clear();
    let (_node, address) = site.serve();
    let realm = Realm::new(address, "demo");
    realm.token(&service);
    assert_eq!(realm.metadata(&[]).json()["jwks_uri"], keys);
    // What the HMAC key signed before, and the device that was set up before.
    let refreshed = Tokens::of(&realm.refresh(APPLICATION.client_id, &tokens.refresh));
    assert_eq!(realm.userinfo(&refreshed.access).status, 200);
    let form = format!(
        "grant_type=password&client_id={}&username=alice&password={PASSWORD}&scope=openid&totp={}",
        APPLICATION.client_id,
        code_now(&otp)
    );
    Tokens::of(&realm.post("token", &form));
}

#[test]
fn a_realm_has_scopes_of_its_own() {
    let site = Site::new();
    site.run(&["realm", "create", "demo"]);
    let create = [&CREATE[..], &["billing", "--scope", "orders:read"]].concat();
    let line = run(&mut site.command(&create)).failed();
    assert!(
        line.contains("Make it with keyward scope create orders:read --realm demo"),
        "{line}"
    );
    site.run(&[
        "scope",
        "create",
        "orders:read",
        "--realm",
        "demo",
        "--description",
        "See orders",
    ]);
    let again = run(&mut site.command(&["scope", "create", "orders:read", "--realm", "demo"])).failed();
    assert!(again.contains("has a scope \"orders:read\" already"), "{again}");
    let two = run(&mut site.command(&["scope", "create", "a b", "--realm", "demo"])).failed();
    assert!(two.contains("is not one scope"), "{two}");
    assert!(
        site.run(&["scope", "list", "--realm", "demo"])
            .contains("orders:read  See orders\n")
    );
    site.run(&create);
}

#[test]
fn a_sealing_key_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    let mut generate = keyward(&["key", "generate", "--out"]);
    assert_eq!(run(generate.arg(&path)).printed(), "");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let line = run(keyward(&["key", "generate", "--out"]).arg(&path)).failed();
    assert!(line.contains("cannot write the sealing key"), "{line}");
}
