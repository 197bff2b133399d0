use super::{ApplicationType, ClientSettings, RedirectUriError, check, matches, matches_post_logout};

fn client(uris: &[&str]) -> ClientSettings {
    ClientSettings {
        redirect_uris: uris.iter().map(|&uri| uri.to_owned()).collect(),
        ..ClientSettings::default()
    }
}

#[test]
fn whole_uris_are_compared_character_by_character() {
    let client = client(&["https://app.example.com/cb?x=1", "com.example.app:/cb"]);
    assert!(matches("https://app.example.com/cb?x=1", &client));
    assert!(matches("com.example.app:/cb", &client));
    for other in [
        "https://app.example.com/cb",
        "https://app.example.com/cb?x=1&y=2",
        "https://app.example.com/cb?x=1#",
        "https://app.example.com/cb/?x=1",
        "https://APP.example.com/cb?x=1",
        "https://app.example.com:443/cb?x=1",
        "https://app.example.com/%63b?x=1",
        "https://user@app.example.com/cb?x=1",
        "https://app.example.com.evil.com/cb?x=1",
        "https://app.example.com@evil.com/cb?x=1",
        "http://app.example.com/cb?x=1",
        "com.example.app:/cb/",
        "",
    ] {
        assert!(!matches(other, &client), "{other}");
    }
}

#[test]
fn a_loopback_address_may_have_any_port() {
    let client = client(&["http://127.0.0.1/cb", "http://[::1]:8000/cb?a"]);
    for fine in [
        "http://127.0.0.1/cb",
        "http://127.0.0.1:49152/cb",
        "http://[::1]/cb?a",
        "http://[::1]:9/cb?a",
    ] {
        assert!(matches(fine, &client), "{fine}");
    }
    for other in [
        "http://localhost:49152/cb",
        "http://127.0.0.2:49152/cb",
        "http://127.0.0.1:49152/cb/",
        "http://127.0.0.1:49152/cb?a",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:80@evil.com/cb",
        "http://[::1]x/cb?a",
        "https://127.0.0.1:49152/cb",
    ] {
        assert!(!matches(other, &client), "{other}");
    }
}

#[test]
fn https_on_loopback_is_exact() {
    let client = client(&["https://127.0.0.1/cb"]);
    assert!(!matches("https://127.0.0.1:8443/cb", &client));
}

#[test]
fn localhost_has_any_port_for_native_applications_only() {
    let mut client = client(&["http://localhost/cb"]);
    assert!(!matches("http://localhost:3000/cb", &client));
    client.application_type = ApplicationType::Native;
    assert!(matches("http://localhost:3000/cb", &client));
    assert!(!matches("http://localhost.evil.com:3000/cb", &client));
}

#[test]
fn a_wildcard_counts_only_where_it_is_allowed() {
    let mut client = client(&["https://good.com/app/*"]);
    assert!(!matches("https://good.com/app/cb", &client));
    client.legacy_wildcard = true;
    for fine in [
        "https://good.com/app/",
        "https://good.com/app/a/b",
        "https://good.com/app/cb?x=https://a.b//c",
    ] {
        assert!(matches(fine, &client), "{fine}");
    }
}

#[test]
fn a_wildcard_works_under_a_private_scheme_too() {
    let mut client = client(&["com.example.app:/*"]);
    client.legacy_wildcard = true;
    assert!(matches("com.example.app:/cb", &client));
    assert!(!matches("com.example.app://evil.com", &client));
    assert!(!matches("com.example.app:/a//b", &client));
}

#[test]
fn wildcard_attack_set() {
    let mut client = client(&["https://good.com/*", "https://good.com/app/*"]);
    client.legacy_wildcard = true;
    for evil in [
        "https://good.com//evil.com",
        "https://good.com/\\evil.com",
        "https://good.com/app/@evil.com",
        "https://good.com/app/%2f%2fevil.com",
        "https://good.com/app/%2e%2e/x",
        "https://good.com/app/../x",
        "https://good.com/app/./x",
        "https://good.com/app/;x",
        "https://good.com/app/\u{3002}evil",
        "https://good.com/app/a b",
        "https://good.com/app/x#y",
        "https://good.com/app/\n",
        "https://good.com.evil.com/app/",
        "https://good.com@evil.com/app/",
        "https://evil.com/https://good.com/app/",
    ] {
        assert!(!matches(evil, &client), "{evil}");
    }
}

#[test]
fn a_wildcard_stands_for_its_own_place_too() {
    let mut client = client(&["https://good.com/app/*"]);
    client.legacy_wildcard = true;
    assert!(matches("https://good.com/app", &client));
    assert!(matches("https://good.com/app?x=1", &client));
    assert!(!matches("https://good.com/apple", &client));
    assert!(!matches("https://good.com/app#x", &client));
}

#[test]
fn a_wildcard_on_loopback_may_have_any_port_when_none_was_registered() {
    let mut client = client(&["http://localhost/*", "http://127.0.0.1:8000/*"]);
    client.legacy_wildcard = true;
    assert!(matches("http://localhost:3000/cb", &client));
    assert!(matches("http://localhost:3000", &client));
    assert!(matches("http://127.0.0.1:8000/cb", &client));
    for evil in [
        "http://127.0.0.1:8001/cb",
        "http://localhost:3000//evil.com",
        "http://localhost:80@evil.com/",
        "http://localhost.evil.com/cb",
        "https://localhost:3000/cb",
    ] {
        assert!(!matches(evil, &client), "{evil}");
    }
}

#[test]
fn a_lone_wildcard_is_this_device_and_not_the_whole_web() {
    let mut client = client(&["*"]);
    assert!(!matches("http://localhost:3000/cb", &client));
    client.legacy_wildcard = true;
    for fine in [
        "http://localhost:3000/cb",
        "http://127.0.0.1/",
        "http://[::1]:9/x?y=1",
        "http://localhost",
    ] {
        assert!(matches(fine, &client), "{fine}");
    }
    for evil in [
        "https://evil.com/cb",
        "http://evil.com/cb",
        "http://localhost@evil.com/",
        "http://localhost:1@evil.com/",
        "http://localhost//evil.com",
        "http://localhost/../x",
        "com.example.app:/cb",
        "*",
        "",
    ] {
        assert!(!matches(evil, &client), "{evil}");
    }
}

#[test]
fn parameter_of_the_answer_in_a_wildcard_address_is_refused() {
    let mut client = client(&["https://good.com/app/*"]);
    client.legacy_wildcard = true;
    for evil in ["?state=x", "cb?a=1&code=x", "cb?session_state"] {
        assert!(!matches(&format!("https://good.com/app/{evil}"), &client), "{evil}");
    }
}

#[test]
fn a_star_in_a_query_is_a_star() {
    let mut client = client(&["https://good.com/cb?x=*"]);
    client.legacy_wildcard = true;
    assert!(matches("https://good.com/cb?x=*", &client));
    assert!(!matches("https://good.com/cb?x=1", &client));
}

#[test]
fn what_may_be_registered() {
    for fine in [
        "https://app.example.com/cb?x=1",
        "http://127.0.0.1/cb",
        "http://[::1]:8000/cb",
        "http://localhost:3000/cb",
        "com.example.app:/oauth2redirect",
    ] {
        assert_eq!(check(fine, false), Ok(()), "{fine}");
    }
    assert_eq!(check("https://a.b/*", true), Ok(()));
    let refused = |uri: &str, wildcard| check(uri, wildcard).unwrap_err();
    for syntax in [
        "",
        "/cb",
        "https://",
        "https:///cb",
        "https://a.b/\u{e9}",
        "https://a.b/a b",
        "https:a",
    ] {
        assert!(
            matches!(refused(syntax, false), RedirectUriError::Syntax(_)),
            "{syntax}"
        );
    }
    for scheme in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "blob:x",
        "myapp:/cb",
    ] {
        assert!(
            matches!(refused(scheme, false), RedirectUriError::Scheme(_)),
            "{scheme}"
        );
    }
    assert!(matches!(
        refused("https://a.b/#x", false),
        RedirectUriError::Fragment(_)
    ));
    assert!(matches!(
        refused("https://u@a.b/", false),
        RedirectUriError::UserInfo(_)
    ));
    assert!(matches!(
        refused("http://a.b/cb", false),
        RedirectUriError::PlainHttp(_)
    ));
    assert!(matches!(refused("https://a.b/*", false), RedirectUriError::Wildcard(_)));
    assert!(matches!(refused("https://a.b*", true), RedirectUriError::Wildcard(_)));
}

#[test]
fn plus_stands_for_the_redirect_uris_after_logout() {
    let mut client = client(&["https://app.example.com/cb"]);
    assert!(!matches_post_logout("https://app.example.com/cb", &client));
    client.post_logout_redirect_uris = vec!["+".into(), "https://app.example.com/bye".into()];
    assert!(matches_post_logout("https://app.example.com/cb", &client));
    assert!(matches_post_logout("https://app.example.com/bye", &client));
    assert!(!matches_post_logout("https://app.example.com/bye2", &client));
    assert!(!matches_post_logout("+", &client));
}
