//! Realm files: at start, from a folder of a Keycloak export, with the environment in them; and administrators by
//! command.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Keyward, Realm, Site, get, keyward, post, ready_address, run, run_with};

/// A realm with a client whose secret comes from the environment.
fn realm(name: &str) -> String {
    json!({
        "realm": name,
        "enabled": true,
        "roles": { "realm": [{ "name": "clerk", "description": "${role_clerk}" }] },
        "clients": [{
            "clientId": "worker",
            "secret": "${WORKER_SECRET}",
            "serviceAccountsEnabled": true,
        }],
    })
    .to_string()
}

fn user(name: &str) -> Value {
    json!({ "username": name, "enabled": true, "credentials": [{ "type": "password", "value": "pass" }] })
}

/// The status of a login through `admin-cli`.
fn login(realm: &Realm, username: &str, password: &str) -> u16 {
    let form = format!("grant_type=password&client_id=admin-cli&username={username}&password={password}");
    post(realm.address, &realm.path("token"), &[], &form).status
}

#[test]
fn a_realm_file_is_imported_at_the_first_start_and_skipped_later() {
    let site = Site::new();
    fs::write(site.path("shop.json"), realm("shop")).unwrap();
    let start = |secret: Option<&str>| {
        let mut command = keyward(&["serve", "--import"]);
        command.arg(site.path("shop.json")).arg("--config").arg(site.config());
        command.envs(secret.map(|secret| ("WORKER_SECRET", secret)));
        let mut node = Keyward::start(command);
        let address = node.line("ready", |node| ready_address(&node.stderr(), "listen"));
        (node, address)
    };
    let (node, address) = start(Some("first"));
    assert!(node.stderr().contains("the realm is imported"), "{}", node.stderr());
    let form = |secret: &str| format!("grant_type=client_credentials&client_id=worker&client_secret={secret}");
    let path = Realm::new(address, "shop").path("token");
    assert_eq!(post(address, &path, &[], &form("first")).status, 200);
    node.stop();
    let (node, address) = start(Some("second"));
    assert!(node.stderr().contains("its file is skipped"), "{}", node.stderr());
    assert_eq!(post(address, &path, &[], &form("first")).status, 200);
    assert_eq!(post(address, &path, &[], &form("second")).status, 401);
    node.stop();
    // What is skipped is not read: it needs no secrets any more.
    let (node, _) = start(None);
    assert!(node.stderr().contains("its file is skipped"), "{}", node.stderr());
    node.stop();
}

#[test]
fn a_broken_realm_file_stops_the_start() {
    let site = Site::new();
    fs::write(
        site.path("wrong.json"),
        r#"{"realm":"wrong","clients":[{"clientId":"a","name":[7]}]}"#,
    )
    .unwrap();
    let mut command = keyward(&["serve", "--import"]);
    command.arg(site.path("wrong.json")).arg("--config").arg(site.config());
    let ended = run(&mut command);
    assert_eq!(ended.status.code(), Some(1));
    let last = ended.stderr.lines().last().unwrap();
    assert_eq!(
        last,
        "keyward: realm wrong: clients[0].name: must be a text, a number or a boolean"
    );
}

#[test]
fn what_a_file_says_that_cannot_be_is_told_with_the_realm() {
    let site = Site::new();
    let import = |text: &str| {
        fs::write(site.path("some.json"), text).unwrap();
        let mut command = keyward(&["realm", "import"]);
        command.arg(site.path("some.json")).arg("--config").arg(site.config());
        run(&mut command)
    };
    let file = site.path("some.json").display().to_string();
    let two =
        r#"[{"realm":"one"},{"realm":"two","clients":[{"clientId":"a","name":[7]},{"clientId":"b","name":[7]}]}]"#;
    let ended = import(two);
    assert_eq!(ended.stdout, "realm one is imported\n");
    let last = ended.stderr.lines().last().unwrap();
    assert_eq!(last, "keyward: realm two was not imported: mend what stands above");
    assert_eq!(import("[]").failed(), format!("keyward: {file} holds no realm"));
    let cut = import(r#"{"realm":"#).failed();
    assert!(cut.starts_with(&format!("keyward: {file}: ")), "{cut}");
    let ended = import(r#"{"realm":"three","clients":[{"clientId":"a","defaultClientScopes":["ghost"]}]}"#);
    assert!(
        ended
            .stderr
            .contains("clients[0](a).defaultClientScopes: there is no client scope \"ghost\""),
        "{}",
        ended.stderr
    );
    let ended = import(
        r#"{"realm":"four","clientScopes":[{"name":"s","protocol":"openid-connect",
            "protocolMappers":[{"name":"m","protocol":"openid-connect","protocolMapper":"oidc-script"}]}],
            "defaultDefaultClientScopes":["s"]}"#,
    );
    let told = "clientScopes[0].protocolMappers[0](m): ProtocolMapper provider not found (oidc-script)";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert!(!ended.stderr.contains("there is no scope"), "{}", ended.stderr);
}

/// Keycloak's public clients keep a refresh token; ours replace it, which a file of ours need not be told.
#[test]
fn refresh_tokens_that_are_replaced_are_told_once() {
    let (site, other) = (Site::new(), Site::new());
    let import_to = |site: &Site, text: &str| {
        fs::write(site.path("spa.json"), text).unwrap();
        let mut command = keyward(&["realm", "import"]);
        command.arg(site.path("spa.json")).arg("--config").arg(site.config());
        let ended = run(&mut command);
        assert!(ended.status.success(), "{}", ended.stderr);
        ended.stderr.contains("its refresh tokens are replaced")
    };
    let import = |text: &str| import_to(&site, text);
    let spa = r#""clients":[{"clientId":"spa","publicClient":true,"redirectUris":["https://spa.example.com/"]}]"#;
    assert!(import(&format!(r#"{{"realm":"one",{spa}}}"#)));
    assert!(!import(&format!(
        r#"{{"realm":"two","revokeRefreshToken":true,{spa}}}"#
    )));
    let stays = r#""attributes":{"keyward.public.refresh.tokens.stay":"true"}"#;
    assert!(!import(&format!(r#"{{"realm":"three",{stays},{spa}}}"#)));
    assert!(!import_to(&other, &site.run(&["realm", "export", "one"])));
}

/// It logs nobody in.
#[test]
fn a_client_that_only_checks_tokens_is_no_risk() {
    let site = Site::new();
    let client = |id: &str, bearer_only: bool| {
        json!({
            "clientId": id, "publicClient": true, "bearerOnly": bearer_only, "redirectUris": ["https://shop.example.com/*"],
        })
    };
    let file = json!({ "realm": "shop", "clients": [client("spa", false), client("api", true)] });
    fs::write(site.path("shop.json"), file.to_string()).unwrap();
    let mut command = keyward(&["realm", "import"]);
    command.arg(site.path("shop.json")).arg("--config").arg(site.config());
    let ended = run(&mut command);
    assert!(ended.status.success(), "{}", ended.stderr);
    let told = "less safe: clients[0](spa): a public client that may do without PKCE\n";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert!(!ended.stderr.contains("clients[1](api)"), "{}", ended.stderr);
}

/// A secret that nobody filled in would be one that everybody knows.
#[test]
fn a_placeholder_without_a_variable_is_refused() {
    let site = Site::new();
    fs::write(site.path("shop.json"), realm("shop")).unwrap();
    let ended = run(keyward(&["realm", "import"])
        .arg(site.path("shop.json"))
        .arg("--config")
        .arg(site.config()));
    assert_eq!(
        ended.failed(),
        "keyward: realm shop: clients[0].secret: is a placeholder that nobody filled in: keyward realm import and keyward serve \
         --import take its value from the environment, where the variable WORKER_SECRET is not set"
    );
}

#[test]
fn a_folder_of_a_keycloak_export_comes_in_with_its_users() {
    let site = Site::new();
    let folder = site.path("export");
    fs::create_dir(&folder).unwrap();
    for name in ["shop", "other"] {
        let file = realm(name).replace("${WORKER_SECRET}", "s3cret");
        fs::write(folder.join(format!("{name}-realm.json")), file).unwrap();
    }
    for (file, name) in [("shop-users-0.json", "alice"), ("shop-users-1.json", "bob")] {
        let users = json!({ "realm": "shop", "users": [user(name)] });
        fs::write(folder.join(file), users.to_string()).unwrap();
    }
    let printed = site.run(&["realm", "import", folder.to_str().unwrap()]);
    assert_eq!(printed, "realm other is imported\nrealm shop is imported\n");
    let (node, address) = site.serve();
    for name in ["alice", "bob"] {
        assert_eq!(login(&Realm::new(address, "shop"), name, "pass"), 200, "{name}");
        assert_eq!(login(&Realm::new(address, "other"), name, "pass"), 400, "{name}");
    }
    node.stop();
    let again = run(&mut site.command(&["realm", "import", folder.to_str().unwrap()])).failed();
    assert!(again.contains("Realm other already exists"), "{again}");
}

#[test]
fn users_of_another_realm_are_not_mixed_in() {
    let site = Site::new();
    fs::write(site.path("shop-realm.json"), realm("shop")).unwrap();
    let users = json!({ "realm": "other", "users": [user("mallory")] });
    fs::write(site.path("shop-users-0.json"), users.to_string()).unwrap();
    let (file, users) = (site.path("shop-realm.json"), site.path("shop-users-0.json"));
    let arguments = [
        "realm",
        "import",
        file.to_str().unwrap(),
        "--users",
        users.to_str().unwrap(),
    ];
    let line = run(&mut site.command(&arguments)).failed();
    assert!(line.contains("is of another realm"), "{line}");
}

#[test]
fn an_administrator_is_made_by_command() {
    let site = Site::new();
    let mut command = site.command(&["admin", "create", "Root"]);
    let printed = run_with(&mut command, "correct horse battery\n").printed();
    assert!(printed.trim_end().ends_with("  root"), "{printed}");
    let taken = run_with(
        &mut site.command(&["admin", "create", "root"]),
        "correct horse battery\n",
    )
    .failed();
    assert!(taken.contains("realm master has a user \"root\" already"), "{taken}");
    let (node, address) = site.serve();
    assert!(!node.stderr().contains("has no administrator"), "{}", node.stderr());
    let master = Realm::new(address, "master");
    let form = "grant_type=password&client_id=admin-cli&username=root&password=correct+horse+battery";
    let token = post(address, &master.path("token"), &[], form).json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let bearer = format!("Bearer {token}");
    let realms = get(address, "/admin/realms", &[("Authorization", &bearer)]);
    assert_eq!(realms.status, 200);
    assert_eq!(realms.json()[0]["realm"], "master");
    node.stop();
}

/// Secrets inside of settings and documents move to a new sealing key with all others.
#[test]
fn what_a_file_brought_is_sealed_anew() {
    let site = Site::new();
    let file = json!({
        "realm": "shop",
        "smtpServer": { "host": "mail.example.com", "from": "shop@example.com", "password": "mail-secret" },
        "identityProviders": [{
            "alias": "corp", "providerId": "oidc", "config": { "clientSecret": "corp-secret" },
        }],
    });
    fs::write(site.path("shop.json"), file.to_string()).unwrap();
    site.run(&["realm", "import", site.path("shop.json").to_str().unwrap()]);
    fs::rename(site.path("sealing.key"), site.path("old.key")).unwrap();
    let fresh = run(&mut keyward(&["key", "generate"])).printed();
    fs::write(site.path("sealing.key"), fresh).unwrap();
    let config = site.config();
    let text = fs::read_to_string(&config).unwrap();
    let older = format!(
        "sealing.key\"\nolder_key_files = [\"{}\"]",
        site.path("old.key").display()
    );
    fs::write(&config, text.replace("sealing.key\"", &older)).unwrap();
    // Four keys and an HMAC key, and the two of the file.
    let said = run(keyward(&["key", "reseal", "--config"]).arg(&config)).printed();
    assert_eq!(said, "7 secrets and keys sealed anew\n");
    fs::remove_file(site.path("old.key")).unwrap();
    let out: Value = serde_json::from_str(&site.run(&["realm", "export", "shop"])).unwrap();
    assert_eq!(out["smtpServer"]["password"], "mail-secret");
    assert_eq!(out["identityProviders"][0]["config"]["clientSecret"], "corp-secret");
}
