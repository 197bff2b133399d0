//! The commands that go over the admin API of a running server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Client, Keyward, Realm, Site, Terminal, Tokens, eventually, new_server, run, run_with};

/// A server with an administrator who is logged in, and a realm `shop`.
fn shop() -> (Keyward, Terminal) {
    let (server, terminal) = new_server();
    terminal.login();
    terminal.run(&["realm", "create", "shop", "--display-name", "My shop"]);
    (server, terminal)
}

fn in_shop(arguments: &[&str], terminal: &Terminal) -> String {
    terminal.run(&[arguments, &["--realm", "shop"]].concat())
}

fn json_in_shop(arguments: &[&str], terminal: &Terminal) -> Value {
    terminal.json(&[arguments, &["--realm", "shop"]].concat())
}

fn refused_in_shop(arguments: &[&str], terminal: &Terminal) -> String {
    terminal.refused(&[arguments, &["-r", "shop"]].concat())
}

fn names(list: &Value, member: &str) -> Vec<String> {
    let objects = list.as_array().unwrap().iter();
    objects
        .map(|object| object[member].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_realm_from_its_beginning_to_its_end() {
    let (_server, terminal) = shop();
    let shown = terminal.json(&["realm", "show", "shop"]);
    // Commands name the policy that Keycloak's API leaves out.
    assert_eq!(shown["passwordPolicy"], "length(8)");
    assert_eq!(
        (&shown["realm"], &shown["displayName"]),
        (&"shop".into(), &"My shop".into())
    );
    // As one that is made on a database: PKCE for every public client, and `keyward login` with the browser.
    assert_eq!(shown["attributes"]["keyward.pkce.for.public.clients"], "true");
    let client = json_in_shop(&["client", "show", "keyward-cli"], &terminal);
    assert_eq!(
        (&client["publicClient"], &client["redirectUris"]),
        (&json!(true), &json!(["http://127.0.0.1/callback"]))
    );
    let listed = terminal.run(&["realm", "list"]);
    let head = listed.lines().next().unwrap();
    assert_eq!(
        head.split_whitespace().collect::<Vec<_>>(),
        ["ID", "REALM", "NAME", "ENABLED"]
    );
    let id = shown["id"].as_str().unwrap();
    assert!(
        listed
            .lines()
            .any(|line| line.starts_with(id) && line.contains("My shop  yes")),
        "{listed}"
    );
    assert_eq!(
        names(&terminal.json(&["realm", "list"]), "realm"),
        ["demo", "master", "shop"]
    );

    let set = ["--set", "accessTokenLifespan=120", "--set", "attributes.\"a.b\"=x"];
    let changed = terminal.json(&[&["realm", "set", "shop"], &set[..]].concat());
    assert_eq!(changed["accessTokenLifespan"], 120);
    assert_eq!(changed["attributes"]["a.b"], "x");
    assert_eq!(changed["displayName"], "My shop");
    let file = terminal.path("members.json");
    fs::write(&file, r#"{"displayName": "Our shop", "attributes": {"c": "y"}}"#).unwrap();
    let changed = terminal.json(&["realm", "set", "shop", "--file", file.to_str().unwrap()]);
    assert_eq!(changed["displayName"], "Our shop");
    assert_eq!(
        (&changed["attributes"]["a.b"], &changed["attributes"]["c"]),
        (&"x".into(), &"y".into())
    );

    assert_eq!(
        terminal.refused(&["realm", "create", "shop"]),
        "Realm shop already exists. keyward realm show shop shows it, keyward realm set shop changes it"
    );
    let refused = terminal.refused(&["realm", "delete", "shop"]);
    assert_eq!(
        refused,
        "this would delete the realm \"shop\" with all its users, clients and keys. Say --yes if that is meant"
    );
    assert_eq!(
        terminal.run(&["realm", "delete", "shop", "--yes"]),
        "realm shop is deleted\n"
    );
    for arguments in [
        &["realm", "show", "shop"][..],
        &["user", "list", "-r", "shop"],
        &["realm", "delete", "shop", "-y"],
    ] {
        assert_eq!(
            terminal.refused(arguments),
            "there is no realm \"shop\". keyward realm list names them",
            "{arguments:?}"
        );
    }
    assert_eq!(
        terminal.refused(&["realm", "set", "demo", "--set", "accessTokenLifespan=abc"]),
        "accessTokenLifespan: must be a whole number"
    );
    for noun in ["client", "user"] {
        let name = if noun == "client" { "backend-service" } else { "alice" };
        assert_eq!(
            terminal.refused(&[noun, "set", name, "-r", "demo", "--set", "enabled=abc"]),
            "enabled: must be a boolean",
            "{noun}"
        );
    }
    assert_eq!(
        terminal.refused(&["role", "delete", "..", "-r", "demo", "-y"]),
        "a name is empty, or a dot: nothing has such a name"
    );
}

#[test]
fn clients_get_tokens_with_what_was_printed() {
    let (_server, terminal) = shop();
    in_shop(
        &["scope", "create", "orders:read", "--description", "See orders"],
        &terminal,
    );
    assert!(in_shop(&["scope", "list"], &terminal).contains("orders:read"));
    in_shop(&["client", "create", "--id", "api"], &terminal);
    let create = [
        "client",
        "create",
        "--id",
        "billing",
        "--audience",
        "api",
        "--scope",
        "orders:read",
        "--lifespan",
        "60",
    ];
    let made = json_in_shop(&create, &terminal);
    let billing = Client::new("billing", made["secret"].as_str().unwrap());
    let realm = Realm::new(terminal.address(), "shop");
    let answer = realm.call("token", &billing, "grant_type=client_credentials&scope=orders:read");
    assert_eq!(
        (answer.status, &answer.json()["expires_in"]),
        (200, &json!(60)),
        "{answer:?}"
    );

    assert_eq!(
        in_shop(&["client", "secret", "show", "billing"], &terminal),
        format!("{}\n", billing.secret)
    );
    let rotated = json_in_shop(&["client", "secret", "rotate", "billing"], &terminal);
    let rotated = Client::new("billing", rotated["value"].as_str().unwrap());
    realm.token(&rotated);
    assert_eq!(realm.ask(&billing).status, 401);
    let again = json_in_shop(&["client", "rotate-secret", "--id", "billing"], &terminal);
    realm.token(&Client::of_command(&again.to_string()));
    assert_eq!(realm.ask(&rotated).status, 401);

    // What is on the screen by the way is no secret.
    let shown = in_shop(&["client", "show", "billing"], &terminal);
    assert!(
        shown.contains("clientId") && !shown.contains(again["client_secret"].as_str().unwrap()),
        "{shown}"
    );

    let spa = [
        "client",
        "create",
        "--id",
        "spa",
        "--public",
        "--redirect-uri",
        "https://shop.example.com/cb",
    ];
    assert_eq!(in_shop(&spa, &terminal), "spa  (public, no secret)\n");
    let made = json_in_shop(&["client", "show", "spa"], &terminal);
    assert_eq!(made["attributes"]["pkce.code.challenge.method"], "S256");
    assert_eq!(made["redirectUris"], json!(["https://shop.example.com/cb"]));
    assert_eq!(
        refused_in_shop(&["client", "secret", "show", "spa"], &terminal),
        "\"spa\" is a public client and has no secret"
    );
    let set = [
        "client",
        "set",
        "spa",
        "--set",
        "redirectUris=[\"https://shop.example.com/other\"]",
    ];
    let changed = json_in_shop(&set, &terminal);
    assert_eq!(changed["redirectUris"], json!(["https://shop.example.com/other"]));
    assert_eq!(changed["attributes"]["pkce.code.challenge.method"], "S256");
    let listed = names(&json_in_shop(&["client", "list"], &terminal), "clientId");
    assert!(listed.contains(&"spa".to_owned()), "{listed:?}");
    in_shop(&["client", "delete", "spa", "--yes"], &terminal);
    assert_eq!(
        refused_in_shop(&["client", "show", "spa"], &terminal),
        "there is no client \"spa\" in realm shop"
    );
}

#[test]
fn clients_that_cannot_be() {
    let (_server, terminal) = shop();
    in_shop(&["client", "create", "--id", "there"], &terminal);
    assert_eq!(
        refused_in_shop(&["client", "create", "--id", "there"], &terminal),
        "Client there already exists"
    );
    let ended = terminal.ended(&["client", "create", "--id", "lone", "--public", "-r", "shop"]);
    assert_eq!(ended.stdout, "lone  (public, no secret)\n");
    let set = ended.stderr.trim_end().rsplit(": keyward ").next().unwrap();
    let told = "note: nobody can log in through lone until it has a redirect URI: keyward ";
    assert_eq!(ended.stderr, format!("{told}{set}\n"));
    // What it says is what helps.
    let words: Vec<&str> = set.split(' ').map(|word| word.trim_matches('\'')).collect();
    terminal.run(&words);
    let client = json_in_shop(&["client", "show", "lone"], &terminal);
    assert_eq!(
        (&client["standardFlowEnabled"], &client["redirectUris"]),
        (&json!(true), &json!(["https://HOST/callback"]))
    );
    assert_eq!(
        refused_in_shop(&["client", "create", "--id", "a", "--scope", "none"], &terminal),
        "there is no scope \"none\" in realm shop. Make it with keyward scope create none --realm shop"
    );
    let overlap = ["client", "rotate-secret", "--id", "there", "--overlap", "60"];
    assert!(refused_in_shop(&overlap, &terminal).starts_with("--overlap works on a database alone"));
    // Secrets are no arguments.
    let secret = terminal.ended(&["client", "set", "there", "-r", "shop", "--set", "secret=canary"]);
    assert_eq!(secret.status.code(), Some(2));
    assert!(secret.stderr.contains("--file"), "{}", secret.stderr);
    let file = r#"{"secret": "a-secret-of-my-own"}"#;
    let mut command = terminal.command(&["client", "set", "there", "-r", "shop", "--file", "-"]);
    run_with(&mut command, file).printed();
    Realm::new(terminal.address(), "shop").token(&Client::new("there", "a-secret-of-my-own"));
    let nothing = terminal.ended(&["client", "set", "there", "-r", "shop"]);
    assert_eq!(nothing.status.code(), Some(2));
    // On a database they say what they cannot.
    let data = terminal.path("data");
    let create = [
        "client",
        "create",
        "--id",
        "b",
        "-r",
        "shop",
        "--set",
        "name=B",
        "--data",
        data.to_str().unwrap(),
    ];
    let ended = terminal.ended(&create);
    assert_eq!(ended.status.code(), Some(2));
    assert!(
        ended.stderr.contains("--set and --file go over the admin API"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_command_for_running_servers_alone_says_so_when_a_database_is_named() {
    let (_server, terminal) = new_server();
    for place in ["--data", "--config"] {
        for arguments in [
            &["user", "list", "-r", "demo"][..],
            &["role", "create", "clerk", "-r", "demo"],
            &["client", "secret", "show", "backend-service", "-r", "demo"],
        ] {
            let ended = terminal.ended(&[arguments, &[place, "keyward-data"]].concat());
            assert_eq!(ended.status.code(), Some(2), "{arguments:?}");
            assert_eq!(
                ended.stderr,
                "keyward: this command goes over the admin API of a running server: leave --config and --data out, and log in \
                 with keyward login URL\n",
                "{arguments:?}"
            );
        }
    }
    let help = terminal.run(&["user", "list", "--help"]);
    assert!(!help.contains("--data") && !help.contains("--config"), "{help}");
}

fn create_user(terminal: &Terminal, arguments: &[&str], password: &str) -> String {
    let create = [&["user", "create", "-r", "shop"], arguments].concat();
    run(terminal.command(&create).env("KEYWARD_USER_PASSWORD", password)).printed()
}

#[test]
fn people_log_in_with_the_password_that_was_set() {
    let (_server, terminal) = shop();
    let created = create_user(
        &terminal,
        &[
            "Carol",
            "--email",
            "carol@example.com",
            "--first-name",
            "Carol",
            "--last-name",
            "Clark",
        ],
        "correct horse battery",
    );
    let shown = json_in_shop(&["user", "show", "carol"], &terminal);
    assert_eq!(created, format!("{}  carol\n", shown["id"].as_str().unwrap()));
    assert_eq!((&shown["lastName"], &shown["enabled"]), (&"Clark".into(), &true.into()));
    let app = ["client", "create", "--id", "app", "--public", "--direct-access-grants"];
    in_shop(&app, &terminal);
    let realm = Realm::new(terminal.address(), "shop");
    let tokens = realm.password_grant("app", "carol", "correct+horse+battery");

    assert!(in_shop(&["session", "list"], &terminal).contains("app"));
    let sessions = json_in_shop(&["session", "list", "--user", "carol"], &terminal);
    let [session] = sessions.as_array().unwrap().as_slice() else {
        panic!("{sessions}");
    };
    let session = session["id"].as_str().unwrap();
    assert!(in_shop(&["session", "list", "--client", "app"], &terminal).contains(session));
    in_shop(&["session", "end", session, "--yes"], &terminal);
    assert_eq!(realm.refresh("app", &tokens.refresh).status, 400);
    let tokens = realm.password_grant("app", "carol", "correct+horse+battery");
    in_shop(&["user", "logout", "carol"], &terminal);
    assert_eq!(realm.refresh("app", &tokens.refresh).status, 400);
    let tokens = realm.password_grant("app", "carol", "correct+horse+battery");
    in_shop(&["session", "end", "--all", "--yes"], &terminal);
    assert_eq!(realm.refresh("app", &tokens.refresh).status, 400);

    let tokens = realm.password_grant("app", "carol", "correct+horse+battery");
    let mut set = terminal.command(&["user", "set-password", "carol", "-r", "shop"]);
    let said = run(set.env("KEYWARD_USER_PASSWORD", "another long password")).printed();
    assert_eq!(said, "carol has a new password; sessions ended: 1\n");
    assert_eq!(realm.refresh("app", &tokens.refresh).status, 400);
    Tokens::of(&realm.post(
        "token",
        "grant_type=password&client_id=app&username=carol&password=another+long+password",
    ));

    let changed = json_in_shop(&["user", "set", "carol", "--set", "firstName=Caroline"], &terminal);
    assert_eq!(
        (&changed["firstName"], &changed["lastName"]),
        (&"Caroline".into(), &"Clark".into())
    );
    let found = json_in_shop(&["user", "list", "--search", "carol"], &terminal);
    assert_eq!(names(&found, "username"), ["carol"]);
    // As the help says: a beginning, or anything between stars, or the whole in quotation marks.
    for (text, found) in [
        ("caro", true),
        ("aro", false),
        ("*aro*", true),
        ("\"caro\"", false),
        ("\"carol\"", true),
    ] {
        let listed = json_in_shop(&["user", "list", "--search", text], &terminal);
        assert_eq!(!names(&listed, "username").is_empty(), found, "{text}");
    }
    let help = terminal.run(&["user", "list", "--help"]);
    assert!(help.contains("begins with TEXT") && help.contains("*TEXT*"), "{help}");
    in_shop(&["user", "delete", "carol", "--yes"], &terminal);
    assert_eq!(
        refused_in_shop(&["user", "show", "carol"], &terminal),
        "there is no user \"carol\" in realm shop"
    );
}

#[test]
fn people_that_cannot_be() {
    let (_server, terminal) = shop();
    create_user(&terminal, &["carol"], "correct horse battery");
    terminal.run(&["realm", "set", "shop", "--set", "passwordPolicy=length(12)"]);
    let refused = |username: &str, password: &str| {
        let mut command = terminal.command(&["user", "create", username, "-r", "shop"]);
        let line = run(command.env("KEYWARD_USER_PASSWORD", password)).failed();
        line.strip_prefix("keyward: ").unwrap().to_owned()
    };
    assert_eq!(
        refused("carol", "correct horse battery"),
        "User exists with same username"
    );
    assert!(refused("dave", "short").contains("minimum length 12"));
}

#[test]
fn roles_and_groups() {
    let (_server, terminal) = shop();
    create_user(&terminal, &["carol"], "correct horse battery");
    in_shop(&["client", "create", "--id", "api"], &terminal);
    in_shop(
        &["role", "create", "manager", "--description", "Runs the shop"],
        &terminal,
    );
    in_shop(&["role", "create", "write", "--client", "api"], &terminal);
    assert!(in_shop(&["role", "list"], &terminal).contains("Runs the shop"));
    assert_eq!(
        json_in_shop(&["role", "show", "manager"], &terminal)["composite"],
        false
    );
    let bring = ["role", "add-to-composite", "manager", "write", "--of-client", "api"];
    assert_eq!(in_shop(&bring, &terminal), "manager brings write now\n");
    assert_eq!(
        names(&json_in_shop(&["role", "composites", "manager"], &terminal), "name"),
        ["write"]
    );

    assert_eq!(
        in_shop(&["user", "roles", "add", "carol", "manager"], &terminal),
        "carol holds manager now\n"
    );
    let held = names(&json_in_shop(&["user", "roles", "list", "carol"], &terminal), "name");
    assert!(held.contains(&"manager".to_owned()), "{held:?}");
    in_shop(
        &["user", "roles", "add", "carol", "write", "--client", "api"],
        &terminal,
    );
    let shown = in_shop(&["user", "roles", "list", "carol"], &terminal);
    let line = shown.lines().find(|line| line.contains(" write ")).unwrap();
    assert!(line.contains(" api"), "{shown}");
    in_shop(
        &["user", "roles", "remove", "carol", "write", "--client", "api"],
        &terminal,
    );
    let of_client = ["user", "roles", "list", "carol", "--client", "api"];
    assert_eq!(json_in_shop(&of_client, &terminal), json!([]));
    let effective = json_in_shop(&[&of_client[..], &["--effective"]].concat(), &terminal);
    assert_eq!(names(&effective, "name"), ["write"]);
    let part = [
        "role",
        "remove-from-composite",
        "manager",
        "write",
        "--of-client",
        "api",
    ];
    in_shop(&part, &terminal);
    in_shop(&["user", "roles", "remove", "carol", "manager"], &terminal);
    let held = names(&json_in_shop(&["user", "roles", "list", "carol"], &terminal), "name");
    assert!(!held.contains(&"manager".to_owned()), "{held:?}");
    assert_eq!(
        refused_in_shop(&["user", "roles", "add", "carol", "none"], &terminal),
        "there is no role \"none\" in realm shop"
    );
    assert_eq!(
        refused_in_shop(&["role", "show", "none", "--client", "api"], &terminal),
        "there is no role \"none\" of client \"api\" in realm shop"
    );
    in_shop(&["role", "delete", "write", "--client", "api", "-y"], &terminal);

    in_shop(&["group", "create", "/staff"], &terminal);
    in_shop(&["group", "create", "/staff/front desk"], &terminal);
    let listed = in_shop(&["group", "list"], &terminal);
    let paths: Vec<&str> = listed
        .lines()
        .skip(1)
        .map(|line| line.split_once("  ").unwrap().1)
        .collect();
    assert_eq!(paths, ["/staff", "/staff/front desk"]);
    in_shop(&["user", "groups", "add", "carol", "/staff/front desk"], &terminal);
    let groups = json_in_shop(&["user", "groups", "list", "carol"], &terminal);
    assert_eq!(names(&groups, "path"), ["/staff/front desk"]);
    let members = json_in_shop(&["group", "members", "/staff/front desk"], &terminal);
    assert_eq!(names(&members, "username"), ["carol"]);
    in_shop(&["user", "groups", "remove", "carol", "/staff/front desk"], &terminal);
    assert_eq!(
        json_in_shop(&["group", "members", "/staff/front desk"], &terminal),
        json!([])
    );
    assert_eq!(
        refused_in_shop(&["group", "create", "/none/below"], &terminal),
        "there is no group \"none\" in realm shop"
    );
    in_shop(&["group", "delete", "/staff", "--yes"], &terminal);
    assert_eq!(json_in_shop(&["group", "list"], &terminal), json!([]));
}

#[test]
fn the_keys_of_a_realm_are_listed() {
    let (_server, terminal) = shop();
    let listed = in_shop(&["key", "list"], &terminal);
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        assert!(listed.contains(algorithm), "{algorithm} is not in\n{listed}");
    }
    let keys = json_in_shop(&["key", "list"], &terminal);
    assert!(keys["active"]["RS256"].is_string(), "{keys}");
    assert!(!keys.to_string().contains("PRIVATE"), "{keys}");
}

#[test]
fn a_realm_leaves_a_server_in_part_and_a_database_as_a_whole() {
    let (_server, terminal) = shop();
    create_user(&terminal, &["carol"], "correct horse battery");
    let billing = json_in_shop(&["client", "create", "--id", "billing"], &terminal);
    let secret = billing["secret"].as_str().unwrap();
    let at = |name: &str| terminal.path(name).display().to_string();

    let ended = terminal.ended(&["realm", "export", "shop", "--out", &at("part.json")]);
    assert!(ended.stderr.starts_with("this is a part: "), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .ends_with("with --config (keyward serve) or --data (keyward dev)\n"),
        "{}",
        ended.stderr
    );
    let part = fs::read_to_string(at("part.json")).unwrap();
    assert!(part.contains("billing") && !part.contains(secret) && !part.contains("carol"));
    assert_eq!(
        fs::metadata(at("part.json")).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        terminal
            .refused(&["realm", "export", "shop", "--out", &at("part.json")])
            .contains("is there")
    );

    terminal.run(&[
        "realm",
        "export",
        "shop",
        "--out",
        &at("whole.json"),
        "--data",
        &at("data"),
    ]);
    let whole = fs::read_to_string(at("whole.json")).unwrap();
    assert!(whole.contains(secret) && whole.contains("carol"));
    terminal.run(&["realm", "delete", "shop", "--yes"]);
    assert_eq!(
        terminal.run(&["realm", "import", &at("whole.json")]),
        "realm shop is imported\n"
    );
    let realm = Realm::new(terminal.address(), "shop");
    realm.token(&Client::new("billing", secret));
    terminal.run(&["realm", "delete", "shop", "--yes"]);
    terminal.run(&["realm", "import", &at("whole.json"), "--data", &at("data")]);
    eventually("the realm that a database got", || {
        (realm.ask(&Client::new("billing", secret)).status == 200).then_some(())
    });
    // Master learns of it on a way of its own.
    eventually("the rights to administer it", || {
        let ended = run(&mut terminal.command(&["user", "list", "--realm", "shop"]));
        ended.status.success().then_some(())
    });
    assert_eq!(
        names(&json_in_shop(&["user", "list"], &terminal), "username"),
        ["carol"]
    );
}

/// Whoever imports from afar has no log to look into.
#[test]
fn what_was_not_carried_is_told_over_the_api() {
    let (_server, terminal) = new_server();
    terminal.login();
    let file = terminal.path("told.json");
    let saml = json!({ "clientId": "wiki", "protocol": "saml" });
    let user = json!({ "username": "carol", "requiredActions": ["CONFIGURE_TOTP"] });
    let realm = json!({ "realm": "told", "rememberMe": true, "clients": [saml], "users": [user] });
    fs::write(&file, realm.to_string()).unwrap();
    let ended = terminal.ended(&["realm", "import", file.to_str().unwrap()]);
    assert_eq!(ended.stdout, "realm told is imported\n");
    for told in [
        "kept as data: rememberMe: logins that outlive the browser; stricter: there are none\n",
        "kept as data: clients[0](wiki).protocol: SAML is not offered: it gets no token and no page\n",
        "kept as data: users[0](carol).requiredActions: CONFIGURE_TOTP has no page yet: the login is refused until an \
         administrator takes it off\n",
    ] {
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    }
}

#[test]
fn a_realm_file_that_is_wrong_changes_nothing() {
    let (_server, terminal) = new_server();
    terminal.login();
    let at = |name: &str| terminal.path(name).display().to_string();
    let wrong = r#"{"realm": "wrong", "clients": [{"clientId": "a", "redirectUris": 7}, {"name": [7]}]}"#;
    fs::write(at("wrong.json"), wrong).unwrap();
    fs::write(at("broken.json"), "{\"realm\": ").unwrap();
    for place in [&[][..], &["--data", &at("data")]] {
        let ended = terminal.ended(&[&["realm", "import", &at("wrong.json")], place].concat());
        assert_eq!(ended.status.code(), Some(1));
        for told in [
            "clients[0].redirectUris: ",
            "clients[1].name: ",
            "mend what stands above\n",
        ] {
            assert_eq!(ended.stderr.matches(told).count(), 1, "{told}: {}", ended.stderr);
        }
        let broken = terminal.refused(&[&["realm", "import", &at("broken.json")], place].concat());
        assert!(broken.contains("line 1"), "{broken}");
    }
    assert!(
        terminal
            .refused(&["realm", "show", "wrong"])
            .starts_with("there is no realm")
    );
}

/// As in the documents: the first administrator comes from the environment of the server.
#[test]
fn a_real_server_and_its_first_administrator() {
    first_administrator("KEYWARD");
}

#[test]
fn the_first_administrator_by_the_variables_of_keycloak() {
    first_administrator("KC");
}

fn first_administrator(prefix: &str) {
    let mut site = Site::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}");
    site.public_url = Some(url.clone());
    site.server = format!("listen = \"127.0.0.1:{port}\"");
    let mut serve = site.command(&["serve"]);
    serve.env(format!("{prefix}_BOOTSTRAP_ADMIN_USERNAME"), "root");
    serve.env(format!("{prefix}_BOOTSTRAP_ADMIN_PASSWORD"), "canary-password-of-root");
    let mut server = Keyward::start(serve);
    server.line("ready", |server| {
        server.stderr().contains("ready listen=").then_some(())
    });
    let home = tempfile::tempdir().unwrap();
    let command = |arguments: &[&str]| {
        let mut command = crate::support::keyward(arguments);
        command.env("XDG_CONFIG_HOME", home.path());
        command
    };
    let mut login = command(&["login", &url, "--username", "root"]);
    run(login.env("KEYWARD_LOGIN_PASSWORD", "canary-password-of-root")).printed();
    run(&mut command(&["realm", "create", "shop"])).printed();
    let made = run(&mut command(&[
        "client", "create", "-r", "shop", "--id", "billing", "--json",
    ]))
    .printed();
    let made: Value = serde_json::from_str(&made).unwrap();
    let address = format!("127.0.0.1:{port}").parse().unwrap();
    let billing = Client::new("billing", made["secret"].as_str().unwrap());
    Realm::new(address, "shop").token(&billing);
    let ended = server.stop();
    assert!(!ended.stderr.contains("canary-password-of-root"));
    assert!(!ended.stderr.contains(&billing.secret));
}

/// Every block of the document, in its order, as somebody who pastes it into their shell.
#[test]
fn the_document_works() {
    let (_server, terminal) = new_server();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands/administer.md");
    let text = fs::read_to_string(path)
        .unwrap()
        .replace("http://127.0.0.1:8080", &terminal.url);
    let binary = Path::new(env!("CARGO_BIN_EXE_keyward")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let blocks: Vec<&str> = text
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        let mut shell = Command::new("sh");
        shell.args(["-ec", block]).env("PATH", &path);
        shell.env("XDG_CONFIG_HOME", terminal.path("config"));
        shell.env("KEYWARD_LOGIN_PASSWORD", &terminal.password);
        shell.env("KEYWARD_USER_PASSWORD", "correct horse battery");
        run(&mut shell).printed();
    }
}
