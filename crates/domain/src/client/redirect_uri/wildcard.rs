//! Keycloak's trailing `*`: what stands before it, then anything that stays on the same path.

use super::Loopback;

/// `*` alone. In Keycloak it is every address of the web, which sends codes to whoever asks; here it is every address
/// of the device itself.
pub(super) const ANYWHERE: &str = "*";

/// Parameters of the answer itself: an address that brings its own could pass for one.
const OF_THE_ANSWER: [&str; 3] = ["state", "code", "session_state"];

/// Whether `asked` is what a URI with a trailing `*` stands for: nothing that a browser or a server might read as
/// another host, a way up, or a name before the host.
pub(super) fn matches(asked: &str, registered: &str) -> bool {
    if registered == ANYWHERE {
        return Loopback::parse(asked).is_some_and(|there| there.rest.is_empty() || fits("http://a", there.rest));
    }
    let Some(stem) = registered.strip_suffix('*').filter(|stem| !stem.contains('?')) else {
        return false;
    };
    begins(asked, stem) || without_port(asked, stem).is_some_and(|asked| begins(&asked, stem))
}

/// Whether a registered URI stands for others than itself.
pub fn is_pattern(registered: &str) -> bool {
    registered.strip_suffix('*').is_some_and(|stem| !stem.contains('?'))
}

/// Whether an address answers one of these parameters itself.
pub(super) fn answers_itself(uri: &str) -> bool {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .any(|pair| OF_THE_ANSWER.contains(&pair.split('=').next().unwrap_or_default()))
}

/// Whether it is the stem with more path, or the stem without its last slash.
fn begins(asked: &str, stem: &str) -> bool {
    if let Some(rest) = asked.strip_prefix(stem) {
        return fits(stem, rest);
    }
    let Some(stem) = stem.strip_suffix('/').filter(|stem| !stem.ends_with('/')) else {
        return false;
    };
    asked
        .strip_prefix(stem)
        .is_some_and(|rest| (rest.is_empty() || rest.starts_with('?')) && fits(stem, rest))
}

/// RFC 8252 §7.3: a loopback address that was registered without a port may have any.
fn without_port(asked: &str, stem: &str) -> Option<String> {
    let (there, registered) = (Loopback::parse(asked)?, Loopback::parse(stem)?);
    (registered.port.is_none() && there.port.is_some()).then(|| format!("http://{}{}", there.host, there.rest))
}

fn fits(stem: &str, rest: &str) -> bool {
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()+,=:".contains(&byte);
    let climbs = path.split('/').any(|segment| segment == "." || segment == "..");
    let whole = format!("{stem}{path}");
    let after_scheme = if stem.contains("://") { "://" } else { ":" };
    let doubled = whole
        .split_once(after_scheme)
        .is_none_or(|(_, rest)| rest.contains("//"));
    path.bytes().all(fine)
        && !climbs
        && !doubled
        && !answers_itself(rest)
        && !rest.contains(['#', '\\'])
        && rest.bytes().all(|byte| byte.is_ascii_graphic())
}
