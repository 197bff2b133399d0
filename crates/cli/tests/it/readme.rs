//! The commands and the configuration of the documents: what stands there works.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::support::{Browser, Keyward, PASSWORD, Upstream, eventually, get, guard_address, keyward, new_server, run};

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)).unwrap()
}

/// The blocks of a language under a heading of the README.
fn blocks(heading: &str, language: &str) -> Vec<String> {
    let text = document("README.md");
    let section = text.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    fenced(section.split("\n## ").next().unwrap(), language)
}

/// The blocks of a language.
fn fenced(text: &str, language: &str) -> Vec<String> {
    text.split(&format!("```{language}\n"))
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// A block, in the shell of somebody who pastes it there.
fn shell(block: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-ec", block]).env("KEYWARD_USER_PASSWORD", PASSWORD);
    let binary = Path::new(env!("CARGO_BIN_EXE_keyward")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", binary.display()));
    command
}

/// Runs a block on the data of a demo server. Returns its lines.
fn pasted(block: &str, data: &Path) -> Vec<String> {
    let block = block.replace("keyward-data", &data.display().to_string());
    run(&mut shell(&block)).printed().lines().map(str::to_owned).collect()
}

/// Every line but the last, which starts the server: PostgreSQL is replaced by a file, `/etc/keyward` by a folder.
#[test]
fn the_commands_for_real_work_on_the_configuration_for_real() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["id.example.com".into()]).unwrap();
    fs::write(at("cert.pem"), cert.pem()).unwrap();
    fs::write(at("key.pem"), signing_key.serialize_pem()).unwrap();
    let [toml] = blocks("Run it for real", "toml").try_into().unwrap();
    let url = toml.lines().find(|line| line.starts_with("url = ")).unwrap();
    let here = |text: &str| text.replace("/etc/keyward", &folder.path().display().to_string());
    let config = here(&toml.replace(url, &format!("url = \"sqlite:{}\"", at("keyward.db"))));
    fs::write(at("keyward.toml"), config).unwrap();
    let [shell] = blocks("Run it for real", "sh").try_into().unwrap();
    let shell = shell.replace("\\\n", " ");
    let commands: Vec<&str> = shell.lines().filter(|line| line.starts_with("keyward ")).collect();
    assert_eq!(commands.len(), 7, "{shell}");
    for command in commands {
        let command = here(command.split(" #").next().unwrap()).replace("keyward.toml", &at("keyward.toml"));
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        run(keyward(&words).env("KEYWARD_USER_PASSWORD", PASSWORD)).printed();
    }
}

#[test]
fn the_file_of_the_guard_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guard.toml");
    let [toml] = blocks("Protect an API", "toml").try_into().unwrap();
    fs::write(&file, toml).unwrap();
    let checked = run(&mut keyward(&[
        "guard",
        "check",
        "--config",
        &file.display().to_string(),
    ]))
    .printed();
    assert!(
        checked.contains("/orders") && checked.contains("orders:read"),
        "{checked}"
    );
}

#[test]
fn a_service_of_your_own_gets_its_client() {
    let data = tempfile::tempdir().unwrap();
    let (_server, _line) = Keyward::dev(data.path());
    let [_guard, shell] = blocks("Protect an API", "sh").try_into().unwrap();
    let command = shell.trim().replace("keyward-data", &data.path().display().to_string());
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    assert!(run(&mut keyward(&words)).printed().starts_with("billing  "));
}

#[test]
fn an_application_of_your_own_logs_people_in() {
    let data = tempfile::tempdir().unwrap();
    let (_server, line) = Keyward::dev(data.path());
    let [shell] = blocks("Log people in", "sh").try_into().unwrap();
    let [client, user] = pasted(&shell, data.path()).try_into().unwrap();
    assert_eq!(client, "shop  (public, no secret)");
    assert!(user.ends_with("  carol"), "{user}");

    let address: SocketAddr = line["base_url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let request = "/realms/demo/protocol/openid-connect/auth?client_id=shop&redirect_uri=http%3A%2F%2Flocalhost%3A5173%2F\
                   &response_type=code&scope=openid%20profile%20email%20orders%3Aread&state=s&code_challenge_method=S256\
                   &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    eventually("the new client", || {
        let page = get(address, request, &[]);
        (page.status == 200 && page.body.contains("kc-login")).then_some(())
    });
    // The settings of the script are those of the client.
    let [script] = blocks("Log people in", "js").try_into().unwrap();
    for setting in [
        "client_id: \"shop\"",
        "scope: \"openid profile email orders:read\"",
        "realms/demo",
    ] {
        assert!(script.contains(setting), "{setting}");
    }
}

#[test]
fn the_guard_takes_the_tokens_of_a_realm_of_your_own() {
    let (_server, terminal) = new_server();
    let heading = "A realm of your own";
    let here = |text: &str| text.replace("http://127.0.0.1:8080", &terminal.url);
    let paste = |text: &str| {
        let mut shell = shell(&here(text));
        shell.env("XDG_CONFIG_HOME", terminal.path("config"));
        shell.env("KEYWARD_LOGIN_PASSWORD", &terminal.password);
        shell
    };
    let [commands, tokens] = blocks(heading, "sh").try_into().unwrap();
    let printed = run(&mut paste(&commands)).printed();
    let secret = printed
        .lines()
        .find_map(|line| line.strip_prefix("reporting  "))
        .unwrap();
    let secret = secret.split(' ').next().unwrap();

    let (service, person) = tokens.trim_end().rsplit_once('\n').unwrap();
    let service = run(&mut paste(&service.replace('…', secret))).printed();
    let issuer = tokens.lines().find(|line| line.starts_with("ISSUER=")).unwrap();
    let mut asks = Keyward::start(paste(&format!("{issuer}\nexec {person} --no-browser")));
    let url = asks.login_address();
    Browser::default().log_in_for_program(&url, "dora", PASSWORD);
    let person = asks.ended().printed();

    let upstream = Upstream::start();
    let [toml] = blocks(heading, "toml").try_into().unwrap();
    let toml = here(&toml)
        .replace("127.0.0.1:8090", "127.0.0.1:0")
        .replace("127.0.0.1:3000", &upstream.address.to_string());
    let file = terminal.path("acme.toml");
    fs::write(&file, toml).unwrap();
    let mut guard = Keyward::start(keyward(&["guard", "--config", file.to_str().unwrap()]));
    let address = guard.line("ready", |process| guard_address(&process.stderr(), "gateway"));
    assert_eq!(get(address, "/invoices", &[]).status, 401);
    for token in [service, person] {
        let bearer = format!("Bearer {}", token.trim_end());
        let answer = get(address, "/invoices", &[("authorization", &bearer)]);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[test]
fn the_commands_about_logins_work() {
    let data = tempfile::tempdir().unwrap();
    let (_server, _line) = Keyward::dev(data.path());
    let printed: Vec<String> = fenced(&document("docs/logins.md"), "sh")
        .iter()
        .flat_map(|block| pasted(block, data.path()))
        .collect();
    assert_eq!(printed.len(), 8, "{printed:#?}");
    assert!(printed.last().unwrap().starts_with("otpauth://totp/"), "{printed:#?}");
}
