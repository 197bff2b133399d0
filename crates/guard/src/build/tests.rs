use super::*;

const ISSUER: &str = "[[issuer]]\nid = 'i'\nurl = 'http://127.0.0.1:1'\n";

fn guard(toml: &str) -> Guard {
    Guard::from_toml(&format!("{ISSUER}{toml}")).unwrap()
}

#[test]
fn a_policy_that_asks_for_more_keeps_what_it_extends() {
    let guard = guard(
        "[policy.base]\naudience = ['a']\nscopes.all = ['pay:write']\nroles.all = ['realm:payer']\n\
         step_up = { acr = ['gold'] }\n[policy.more]\nextends = 'base'\nscopes.any = ['x', 'y']\n\
         roles.any = ['realm:clerk']\nstep_up = { max_age = '5m' }\n",
    );
    let more = guard.policies.get("more").unwrap();
    assert_eq!(more.scopes.all, ["pay:write"]);
    assert_eq!(more.scopes.any, ["x", "y"]);
    assert_eq!((more.roles.all.len(), more.roles.any.len()), (1, 1));
    assert_eq!(
        (more.acr.as_slice(), more.max_age),
        (&["gold".to_owned()][..], Some(300))
    );
}

#[tokio::test]
async fn a_new_configuration_keeps_the_keys_of_an_issuer_that_stays() {
    let keys = JwksCache::fixed(keyward_client::KeySet::default());
    let settings = || Settings::from_toml(ISSUER).unwrap();
    let before = Arc::new(Guard::builder(settings()).keys("i", keys.clone()).build().unwrap());
    let generation = |guard: &Guard| {
        guard
            .issuers
            .first()
            .unwrap()
            .keys
            .is_stale(keyward_client::UnixMillis(1))
    };
    assert!(!generation(&before));
    let same = Guard::builder(settings())
        .replacing(Arc::clone(&before))
        .build()
        .unwrap();
    assert!(!generation(&same), "the very same keys");
    let other = Settings::from_toml(&ISSUER.replace(":1'", ":2'")).unwrap();
    let other = Guard::builder(other).replacing(before).build().unwrap();
    assert!(generation(&other), "none yet");
}
