//! What the limits of a configuration say, for people.

use std::time::Duration;

use keyward_guard::settings::{Limit, LimitAlgorithm, LimitStore, Quotas, Settings};

/// A row for each limit: its name, and how many in how long.
pub(super) fn rows(settings: &Settings) -> Vec<Vec<String>> {
    let row = |(name, limit)| vec![format!("limit {name}"), text(limit)];
    settings.limits.iter().map(row).collect()
}

fn text(limit: &Limit) -> String {
    let quota = match limit.quota {
        Quotas::Same(requests) => requests.to_string(),
        Quotas::ByKind(kinds) => format!(
            "{} for people, {} for services, {} without token",
            kinds.user, kinds.client, kinds.anonymous
        ),
    };
    let window = span(limit.window.0);
    let flow = match (limit.algorithm, limit.burst) {
        (LimitAlgorithm::Window, _) => format!("{quota}, in any {window}"),
        (LimitAlgorithm::Gcra, None) => format!("{quota}, evenly over {window}"),
        (LimitAlgorithm::Gcra, Some(burst)) => format!("{quota}, evenly over {window}, {burst} at once"),
    };
    match limit.store {
        LimitStore::Local => flow,
        LimitStore::Shared => format!("{flow}, in the shared store"),
    }
}

/// As it is written in a configuration.
fn span(span: Duration) -> String {
    if span.subsec_millis() == 0 {
        format!("{}s", span.as_secs())
    } else {
        format!("{}ms", span.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use keyward_guard::Settings;

    use super::rows;

    #[test]
    fn a_limit_is_told_with_its_defaults() {
        let settings = Settings::from_toml(
            "[limits.a]\n[limits.b]\nquota = 5\nwindow = \"1500ms\"\nstore = \"shared\"\n[limits.c]\nalgorithm = \
             \"gcra\"\nquota = 600\nburst = 50\n",
        )
        .unwrap();
        assert_eq!(
            rows(&settings),
            [
                [
                    "limit a",
                    "300 for people, 1000 for services, 60 without token, in any 60s"
                ],
                ["limit b", "5, in any 1500ms, in the shared store"],
                ["limit c", "600, evenly over 60s, 50 at once"],
            ]
        );
    }
}
