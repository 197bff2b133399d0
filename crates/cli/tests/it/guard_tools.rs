//! `keyward guard check`, `explain` and `test`.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Ended, Guarded, run, run_with};

#[test]
fn a_good_file_is_shown_route_by_route() {
    let guarded = Guarded::new();
    let path = guarded.config("");
    let printed = run(&mut guarded.command(&["guard", "check"])).printed();
    let (first, routes) = printed.split_once("\n\n").unwrap();
    let nothing = "nothing to run: neither [gateway] nor [forward_auth] is there";
    assert_eq!(first, format!("{} is fine\n{nothing}", path.display()));
    assert!(routes.starts_with("  GET,POST    /orders  read\n      "), "{routes}");
    let needs = "\n      issuer demo; audience backend-api; validation local; scope orders:read\n";
    assert!(routes.contains(needs), "{routes}");
    assert!(
        routes.ends_with("  any method  /public  public\n      public: nothing is needed\n"),
        "{routes}"
    );
    let printed = run(&mut guarded.command(&["guard", "check", "--json"])).printed();
    let rows: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&rows[0]["path"], &rows[0]["policy"]),
        (&json!("/orders"), &json!("read"))
    );
    assert_eq!(rows[1]["methods"], Value::Null);
}

#[test]
fn mistakes_are_named_with_table_and_line() {
    let guarded = Guarded::new();
    let check = |more: &str| {
        let path = guarded.config(more);
        let lines = |text: &str| text.matches('\n').count();
        let before = lines(&fs::read_to_string(&path).unwrap()) - lines(more) - 1;
        let line = run(&mut guarded.command(&["guard", "check"])).failed();
        let rest = line.strip_prefix(&format!("keyward: {}:", path.display()));
        let rest = rest.unwrap_or_else(|| panic!("{line}")).to_owned();
        let (number, words) = rest.split_once(": ").unwrap_or_else(|| panic!("{line}"));
        let number: usize = number.parse().unwrap_or_else(|_| panic!("{line}"));
        // The line within what was added.
        (number.checked_sub(before), words.to_owned())
    };
    for (more, line, words) in [
        ("[polcy.x]", 1, "unknown field \"polcy\""),
        (
            "[policy.x]\naudience = [\"a\"]\nscope = 1",
            3,
            "unknown field \"scope\"",
        ),
        (
            "[policy.x]\nscopes.all = [\"a\"]",
            2,
            "policy \"x\": audience is missing",
        ),
        (
            "[policy.x]\naudience = [\"a\"]\nextends = \"y\"",
            3,
            "policy \"x\" extends \"y\", which is not there",
        ),
        (
            "[[route]]\npath = \"/x\"\npolicy = \"pay\"",
            3,
            "route \"/x\": there is no policy \"pay\"",
        ),
        ("[[route]]\npath = \"/x\"", 2, "route \"/x\" has no policy"),
        (
            "[[issuer]]\nid = \"x\"\nurl = \"http://id.example.com\"",
            3,
            "issuer \"x\": url: ",
        ),
        (
            "[gateway]\nlisten = \"0.0.0.0:1\"",
            2,
            "gateway.listen 0.0.0.0:1 is a public address",
        ),
        (
            "[gateway]\n[[route]]\npath = \"/x\"\npublic = true",
            3,
            "the route /x has no upstream",
        ),
        (
            "[[route]]\npath = \"/x\"\npublic = true\nmethods = [\"GTE\"]",
            4,
            "route \"/x\": methods: \"GTE\" is no method, did you mean \"GET\"?",
        ),
        (
            "[[route]]\npath = \"/x/*\"\npublic = true",
            2,
            "route \"/x/*\": path: a \"*\" is itself here: write {*rest} ",
        ),
        (
            "[limits.a]\n[policy.x]\naudience = [\"a\"]\nlimits = [\"ab\"]",
            4,
            "policy \"x\": there is no limit \"ab\"",
        ),
        (
            "[limits.a]\n[policy.x]\naudience = [\"a\"]\nlimits = [\"a\", \"a\"]",
            4,
            "policy \"x\": limits: \"a\" is there twice",
        ),
        (
            "[limits.a]\nquota = \"5\"",
            2,
            "quota is a number, or { user = 300, client = 1000 }",
        ),
        (
            "[management]\nlisten = \"9001\"",
            2,
            "listen: \"9001\" is no address with a port: write it like 127.0.0.1:8090",
        ),
        (
            "[[route]]\npath = \"/x\"\nmethods = \"GET\"",
            3,
            "this is a list: write [\"GET\"]",
        ),
        (
            "[shared_store]\nurl = \"file:/nowhere/url\"\nkey_secret = \"file:/nowhere/key\"",
            3,
            "shared_store.key_secret: the file /nowhere/key is not there",
        ),
        ("[log]\nlevel = \"loud\"", 2, "log level \"loud\" is not one of "),
        (
            "[audit]\noutput = \"file\"",
            2,
            "audit.output is file, but audit.file is not set",
        ),
    ] {
        let (number, said) = check(more);
        assert!(said.starts_with(words), "{more}\n{said}");
        assert_eq!(number, Some(line), "{more}\n{said}");
    }
}

#[test]
fn listeners_upstreams_and_quotas_are_shown() {
    let guarded = Guarded::new();
    let more = "[gateway]\nlisten = \"127.0.0.1:8090\"\n[management]\nlisten = \"127.0.0.1:9001\"\n[limits.tight]\nquota = 5\n";
    let path = guarded.config(more);
    let printed = run(&mut guarded.command(&["guard", "check"])).printed();
    let begin = format!(
        "{} is fine\n\n  gateway     127.0.0.1:8090\n  management  127.0.0.1:9001\n\n  GET,POST    /orders  read    http://{}\n",
        path.display(),
        guarded.upstream.address
    );
    assert!(printed.starts_with(&begin), "{printed}");
    assert!(printed.ends_with("\n\n  limit tight  5, in any 60s\n"), "{printed}");
}

fn explained(guarded: &Guarded, arguments: &[&str], request: &str) -> Ended {
    let mut command = guarded.command(&["guard", "explain"]);
    run_with(command.args(["--request", "-"]).args(arguments), request)
}

#[test]
fn a_request_is_explained_step_by_step() {
    let guarded = Guarded::new();
    guarded.config("");
    let token = guarded.token("orders:read");
    let request =
        |token: &str| format!("GET /orders?x=1 HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {token}\r\n\r\n");
    let ended = explained(&guarded, &[], &request(&token));
    assert_eq!(ended.status.code(), Some(0), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.starts_with("GET /orders\n"), "{}", ended.stdout);
    assert!(ended.stdout.ends_with("verdict: passes\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains("client backend-service"), "{}", ended.stdout);
    assert!(!ended.stdout.contains(&token[..20]), "{}", ended.stdout);

    let ended = explained(&guarded, &[], &request(&guarded.token("orders:create")));
    assert_eq!(ended.status.code(), Some(1));
    let printed = &ended.stdout;
    assert!(printed.contains("refused: scope\n"), "{printed}");
    assert!(printed.contains("\nverdict: 403 (scope)\n"), "{printed}");
    assert!(printed.contains("would pass: a token with the scope "), "{printed}");
    assert_eq!(ended.stderr, "");
}

#[test]
fn an_explanation_can_be_read_by_a_program() {
    let guarded = Guarded::new();
    guarded.config("");
    let ended = explained(&guarded, &["--json"], "GET /orders HTTP/1.1\nHost: api\n");
    assert_eq!(ended.status.code(), Some(1));
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(told["outcome"], "deny");
    assert_eq!(
        (&told["status"], &told["reason"]),
        (&json!(401), &json!("no_credential"))
    );
    assert_eq!(
        (&told["route"], &told["target"]),
        (&json!("/orders"), &json!("/orders"))
    );
    let last = told["steps"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["step"], &last["passed"]), (&json!("extract"), &json!(false)));
    assert!(told["would_pass"].is_string());
}

/// As `curl -v` prints it; and the address may be another than this machine's.
#[test]
fn what_curl_prints_can_be_explained() {
    let guarded = Guarded::new();
    guarded.config("");
    let printed = "*   Trying 127.0.0.1:8090...\n> GET /public HTTP/1.1\n> Host: api\n> User-Agent: curl\n> \n< HTTP/1.1 200 OK\n";
    let ended = explained(&guarded, &["--peer", "203.0.113.9"], printed);
    assert_eq!(ended.status.code(), Some(0), "{}{}", ended.stdout, ended.stderr);
}

/// A limit may refuse yet what passes here.
#[test]
fn an_explanation_says_that_it_does_not_look_at_limits() {
    let guarded = Guarded::new();
    guarded.config("[limits.tight]\n[[route]]\npath = \"/tight\"\npublic = true\nlimits = [\"tight\"]\n");
    let ended = explained(&guarded, &[], "GET /tight HTTP/1.1\nHost: api\n");
    assert_eq!(ended.status.code(), Some(0), "{}{}", ended.stdout, ended.stderr);
    let end = "verdict: passes\nlimits: not looked at (tight)\n";
    assert!(ended.stdout.ends_with(end), "{}", ended.stdout);
}

#[test]
fn what_cannot_be_explained_is_neither_yes_nor_no() {
    let guarded = Guarded::new();
    guarded.config("");
    let ended = explained(&guarded, &[], "hello");
    assert_eq!((ended.status.code(), &*ended.stdout), (Some(2), ""));
    assert!(
        ended.stderr.starts_with("keyward: -: this is no HTTP request"),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("curl -sv "), "{}", ended.stderr);
    assert!(!ended.stderr.contains("token"), "{}", ended.stderr);
    guarded.config("[polcy.x]");
    let ended = explained(&guarded, &[], "GET / HTTP/1.1\n");
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("unknown field \"polcy\""), "{}", ended.stderr);
}

const CASES: &str = r#"
[token]
aud = "backend-api"

[[case]]
name = "a reader sees orders"
request = "GET /orders?page=2"
token = { scope = "orders:read" }
expect = 200

[[case]]
request = "GET /orders"
token = { scope = "orders:create" }
expect = { status = 403, reason = "scope" }

[[case]]
request = "GET /orders"
token = { scope = "orders:read", aud = "another-api" }
expect = { status = 401, reason = "audience" }

[[case]]
request = "GET /orders"
token = { scope = "orders:read", exp = "now-60" }
expect = { status = 401, reason = "expired" }

[[case]]
request = "GET /orders"
headers = { authorization = "Bearer a.b.c" }
expect = 401

[[case]]
request = "GET /paid"
token = { scope = "orders:read" }
expect = 200

[[case]]
request = "GET /paid"
token = { scope = "orders:read", active = false }
expect = { status = 401, reason = "inactive" }

[[case]]
request = "GET /opaque"
token = { scope = "orders:read", opaque = true }
expect = 200

[[case]]
request = "GET /tight"
times = 2
expect = 200

[[case]]
request = "GET /tight"
times = 3
expect = { status = 429, reason = "limit" }
"#;

/// The secret of the issuer is nowhere, and neither is the issuer.
const MORE: &str = r#"
[policy.paid]
extends = "read"
validation = "local+introspect"
issuers = ["asked"]

[policy.opaque]
extends = "paid"
validation = "introspect"

[[issuer]]
id = "asked"
url = "https://issuer.example.com"
introspection = { client_id = "backend-api", client_secret = "env:NO_SUCH_VARIABLE" }

[limits.tight]
quota = 2
store = "shared"

[shared_store]
url = "env:NO_SUCH_VARIABLE"
key_secret = "env:NO_SUCH_VARIABLE"

[[route]]
path = "/paid"
policy = "paid"

[[route]]
path = "/opaque"
policy = "opaque"

[[route]]
path = "/tight"
public = true
limits = ["tight"]
"#;

fn tested(guarded: &Guarded, cases: &str, arguments: &[&str]) -> Ended {
    let path = guarded.path("cases.toml");
    fs::write(&path, cases).unwrap();
    let mut command = guarded.command(&["guard", "test"]);
    run(command.arg(path).args(arguments))
}

#[test]
fn cases_are_tried_without_an_issuer() {
    let guarded = Guarded::new();
    guarded.config_for("https://other.example.com", MORE);
    let cases = CASES
        .replace("/paid\"\ntoken = {", "/paid\"\ntoken = { issuer = \"asked\",")
        .replace("/opaque\"\ntoken = {", "/opaque\"\ntoken = { issuer = \"asked\",");
    let ended = tested(&guarded, &cases, &[]);
    assert_eq!(ended.status.code(), Some(0), "{}{}", ended.stdout, ended.stderr);
    assert!(
        ended
            .stdout
            .starts_with("ok    a reader sees orders\nok    GET /orders\n"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.ends_with("\n10 cases, 0 failed\n"), "{}", ended.stdout);
}

#[test]
fn what_comes_to_something_else_is_shown_with_its_steps() {
    let guarded = Guarded::new();
    guarded.config("");
    let cases = "[[case]]\nrequest = \"GET /orders\"\ntoken = { aud = \"backend-api\" }\nexpect = 200\n";
    let ended = tested(&guarded, cases, &[]);
    assert_eq!(ended.status.code(), Some(1));
    let place = format!("{}:1", guarded.path("cases.toml").display());
    let begin = format!("FAIL  GET /orders   ({place})\n      - 200\n      + 403 scope\n");
    assert!(ended.stdout.starts_with(&begin), "{}", ended.stdout);
    assert!(
        ended.stdout.contains("authorize     refused: scope\n"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.ends_with("\n1 case, 1 failed\n"), "{}", ended.stdout);
    let ended = tested(&guarded, cases, &["--json"]);
    assert_eq!(ended.status.code(), Some(1));
    let line: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(line["passed"], false);
    assert_eq!(line["got"], json!({"status": 403, "reason": "scope"}));
    assert_eq!(line["expected"], json!({"status": 200}));
}

#[test]
fn a_claim_that_looks_like_a_slip_is_warned_of() {
    let guarded = Guarded::new();
    guarded.config("");
    let cases = "[token]\naudience = \"backend-api\"\n\n[[case]]\nrequest = \"GET /orders\"\ntoken = { scpe = \"x\", tenant = \
                 \"acme\" }\nexpect = 401\n";
    let ended = tested(&guarded, cases, &[]);
    assert_eq!(ended.status.code(), Some(0), "{}{}", ended.stdout, ended.stderr);
    let place = guarded.path("cases.toml");
    let warning = |line: usize, claim: &str, known: &str| {
        let place = place.display();
        format!("warning: {place}:{line}: the token has a claim {claim:?}, did you mean {known:?}?\n")
    };
    assert_eq!(
        ended.stderr,
        warning(1, "audience", "aud") + &warning(4, "scpe", "scope")
    );
}

#[test]
fn cases_that_say_nothing_are_no_success() {
    let guarded = Guarded::new();
    guarded.config("");
    for (cases, words) in [
        ("", "missing field \"case\""),
        ("case = []", "there is no [[case]] in the file"),
        (
            "[[case]]\nrequest = \"GET /orders\"\nexpect = { status = 401, reason = \"tired\" }",
            "cases.toml:3: ",
        ),
        (
            "[[case]]\nrequest = \"GET /orders\"\ntoken = { issuer = \"x\" }\nexpect = 401",
            "cases.toml:1: token.issuer: there is no issuer \"x\"",
        ),
    ] {
        let ended = tested(&guarded, cases, &[]);
        assert_eq!(ended.status.code(), Some(2), "{cases}\n{}", ended.stdout);
        assert!(ended.stderr.contains(words), "{cases}\n{}", ended.stderr);
    }
}
