//! Routes as they are written, before they are put together.

use std::sync::Arc;

use crate::policy::Policy;
use crate::settings::{Route, nearest};

/// The methods that there are, less `PRI`, which no request has. RFC 9110 §16.1
const METHODS: [&str; 39] = [
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "OPTIONS",
    "ORDERPATCH",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PUT",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "TRACE",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
];

/// Checks what would make a route that no request ever meets, or one that counts twice.
pub(super) fn check(route: &Route, policy: Option<&Arc<Policy>>) -> Result<(), String> {
    let path = &route.path;
    for method in route.methods.iter().flatten() {
        if !METHODS.contains(&method.as_str()) {
            let upper = method.to_ascii_uppercase();
            let known = METHODS.into_iter().find(|known| *known == upper);
            let meant = known.or_else(|| nearest(&upper, METHODS));
            return Err(format!(
                "route `{path}`: methods: `{method}` is no method{}",
                did_you_mean(meant)
            ));
        }
    }
    if path.split('/').any(|segment| segment == "*" || segment == "**") {
        return Err(format!(
            "route `{path}`: path: a `*` is itself here: write {{*rest}} for all that follows, or {{id}} for one segment"
        ));
    }
    twice(&route.limits).map_err(|why| format!("route `{path}`: {why}"))?;
    let of_policy = policy.iter().flat_map(|policy| &policy.limits);
    if let Some(limit) = of_policy
        .map(|rule| rule.name())
        .find(|name| route.limits.iter().any(|own| own == name))
    {
        return Err(format!(
            "route `{path}`: limits: `{limit}` would count twice: the policy has it too"
        ));
    }
    Ok(())
}

/// Whether each limit is named once.
pub(super) fn twice(limits: &[String]) -> Result<(), String> {
    let mut rest = limits;
    while let [name, after @ ..] = rest {
        if after.contains(name) {
            return Err(format!("limits: `{name}` is there twice"));
        }
        rest = after;
    }
    Ok(())
}

/// The end of a message about a name.
pub(super) fn did_you_mean(name: Option<&str>) -> String {
    name.map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::guard::Guard;

    fn refused(more: &str) -> String {
        let text = format!(
            "[[issuer]]\nid = \"main\"\nurl = \"https://id.example.com\"\n[limits.default]\n[policy.read]\naudience = \
             [\"api\"]\nlimits = [\"default\"]\n{more}\n"
        );
        Guard::from_toml(&text)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn what_no_request_would_meet_or_what_counts_twice_is_refused() {
        let route = |keys: &str| format!("[[route]]\npath = \"/x\"\n{keys}");
        for (more, said) in [
            (
                route("public = true\nmethods = [\"GTE\"]"),
                "route `/x`: methods: `GTE` is no method, did you mean `GET`?",
            ),
            (
                route("public = true\nmethods = [\"get\"]"),
                "route `/x`: methods: `get` is no method, did you mean `GET`?",
            ),
            (
                route("public = true\nmethods = [\"FETCH\"]"),
                "route `/x`: methods: `FETCH` is no method",
            ),
            (
                "[[route]]\npath = \"/x/*\"\npublic = true".into(),
                "route `/x/*`: path: a `*` is itself here: write {*rest} for all that follows, or {id} for one segment",
            ),
            (
                route("public = true\nlimits = [\"default\", \"default\"]"),
                "route `/x`: limits: `default` is there twice",
            ),
            (
                route("policy = \"read\"\nlimits = [\"default\"]"),
                "route `/x`: limits: `default` would count twice: the policy has it too",
            ),
            (
                route("public = true\nlimits = [\"defualt\"]"),
                "route `/x`: there is no limit `defualt`, did you mean `default`?",
            ),
            (
                route("policy = \"raed\""),
                "route `/x`: there is no policy `raed`, did you mean `read`?",
            ),
            (
                "[policy.pay]\naudience = [\"api\"]\nlimits = [\"none\"]".into(),
                "policy `pay`: there is no limit `none`",
            ),
            (
                "[policy.pay]\naudience = [\"api\"]\nissuers = [\"mian\"]".into(),
                "policy `pay`: there is no issuer `mian`, did you mean `main`?",
            ),
            (
                "[policy.pay]\nextends = \"rea\"".into(),
                "policy `pay` extends `rea`, which is not there, did you mean `read`?",
            ),
            (
                "[policy.pay]\nextends = \"read\"\nlimits = [\"default\", \"default\"]".into(),
                "policy `pay`: limits: `default` is there twice",
            ),
        ] {
            assert_eq!(refused(&more), said, "{more}");
        }
        for good in [
            "path = \"/x/{*rest}\"",
            "path = \"/a*b\"",
            "path = \"/x\"\nmethods = [\"REPORT\", \"VERSION-CONTROL\"]",
        ] {
            assert_eq!(refused(&format!("[[route]]\npublic = true\n{good}")), "", "{good}");
        }
    }
}
