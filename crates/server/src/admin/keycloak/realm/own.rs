//! Settings of a realm that Keycloak has no word for: attributes that begin with `keyward.`. Where they say what a realm
//! of Keycloak's does anyway they are not shown.

use std::collections::BTreeMap;

use keyward_domain::key::rotation::Rotation;
use keyward_domain::realm::RealmSettings;

/// Every public client must use PKCE.
const PKCE: &str = "keyward.pkce.for.public.clients";

/// The refresh tokens of public clients stay the same when they are used.
const STAY: &str = "keyward.public.refresh.tokens.stay";

/// Seconds that a key signs, and that it stays after that.
const PERIOD: &str = "keyward.key.rotation.period";
const RETAIN: &str = "keyward.key.retain";

/// In an export of ours: nothing has to be added to what the file holds.
pub(crate) const COMPLETE: &str = "keyward.complete";

/// The least and the most of both: an hour, ten years.
const BOUNDS: std::ops::RangeInclusive<i64> = 3_600..=315_360_000;

/// Takes them out of the attributes of a realm. What is not there stays as it was.
pub(super) fn take(settings: &mut RealmSettings) {
    let switch = |attributes: &mut BTreeMap<String, String>, name| attributes.remove(name).map(|text| text == "true");
    if let Some(flag) = switch(&mut settings.attributes, PKCE) {
        settings.pkce_for_public_clients = flag;
    }
    if let Some(flag) = switch(&mut settings.attributes, STAY) {
        settings.public_refresh_tokens_stay = flag;
    }
    for (name, secs) in [
        (PERIOD, &mut settings.key_rotation.period_secs),
        (RETAIN, &mut settings.key_rotation.retain_secs),
    ] {
        if let Some(said) = settings
            .attributes
            .remove(name)
            .and_then(|text| text.parse::<i64>().ok())
        {
            *secs = said.clamp(*BOUNDS.start(), *BOUNDS.end());
        }
    }
}

/// Adds them to the attributes that are shown.
pub(super) fn show(settings: &RealmSettings, attributes: &mut BTreeMap<String, String>) {
    let usual = Rotation::default();
    let rotation = settings.key_rotation;
    let said = [
        (PKCE, settings.pkce_for_public_clients.then(|| "true".to_owned())),
        (STAY, settings.public_refresh_tokens_stay.then(|| "true".to_owned())),
        (PERIOD, differs(rotation.period_secs, usual.period_secs)),
        (RETAIN, differs(rotation.retain_secs, usual.retain_secs)),
    ];
    for (name, value) in said {
        attributes.extend(value.map(|value| (name.to_owned(), value)));
    }
}

fn differs(secs: i64, usual: i64) -> Option<String> {
    (secs != usual).then(|| secs.to_string())
}
