//! What a list or a count is asked for: Keycloak's parameters.

use keyward_domain::ports::users::{Pattern, UserQuery};

use crate::admin::rest::AdminError;
use crate::admin::rest::query::Query;

/// Most words of a search, and most conditions of `q`.
const MOST: usize = 20;

/// Most ids of a search by id.
const MOST_IDS: usize = 1000;

/// What to look for; `None` when nobody can be found.
pub(super) fn parse(query: &Query) -> Result<Option<UserQuery>, AdminError> {
    let mut wanted = UserQuery {
        enabled: query.flag("enabled"),
        email_verified: query.flag("emailVerified"),
        created_from: query.from("createdAfter")?,
        created_to: query.until("createdBefore")?,
        ..UserQuery::default()
    };
    if let Some(search) = query.get("search") {
        if let Some(ids) = search.strip_prefix("id:") {
            return Ok(by_id(ids).map(|ids| UserQuery {
                ids,
                with_service_accounts: true,
                ..UserQuery::default()
            }));
        }
        wanted.search = search.split_whitespace().flat_map(words).take(MOST).collect();
        return Ok(Some(wanted));
    }
    let exact = query.flag("exact");
    let pattern = |value: &str| match exact {
        Some(true) => Pattern::Exact(value.to_owned()),
        _ => Pattern::Infix(value.to_owned()),
    };
    let field = |name| query.get(name).map(pattern);
    wanted.username = field("username");
    wanted.email = field("email");
    wanted.first_name = field("firstName");
    wanted.last_name = field("lastName");
    let text = |name| query.get(name).map(str::to_owned);
    wanted.provider = text("idpAlias");
    wanted.external_id = text("idpUserId");
    for (name, value) in conditions(query.get("q").unwrap_or_default()).take(MOST) {
        let field = match name.as_str() {
            "username" => &mut wanted.username,
            "email" => &mut wanted.email,
            "firstName" => &mut wanted.first_name,
            "lastName" => &mut wanted.last_name,
            _ => {
                wanted.attributes.push((name, value));
                continue;
            }
        };
        *field = Some(pattern(&value));
    }
    // As in Keycloak, whoever asks for a property of users gets service accounts too.
    let names = [
        "username",
        "email",
        "firstName",
        "lastName",
        "emailVerified",
        "idpAlias",
        "idpUserId",
        "enabled",
        "exact",
    ];
    wanted.with_service_accounts = names.iter().any(|name| query.get(name).is_some()) || !wanted.attributes.is_empty();
    Ok(Some(wanted))
}

/// A word of a search: `"whole"`, `*inside*`, or a beginning. A star elsewhere cuts the word into parts that must stand
/// somewhere, in whatever order.
fn words(word: &str) -> Vec<Pattern> {
    let quoted = word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(whole) = quoted {
        return vec![Pattern::Exact(whole.to_owned())];
    }
    let mut parts = word.split('*');
    let first = parts.next().filter(|first| !first.is_empty());
    let first = first.map(|first| Pattern::Prefix(first.to_owned()));
    let others = parts
        .filter(|part| !part.is_empty())
        .map(|part| Pattern::Infix(part.to_owned()));
    first.into_iter().chain(others).collect()
}

/// Rows by id; what is no id is nobody's.
fn by_id(text: &str) -> Option<Vec<keyward_domain::id::UserId>> {
    let ids: Vec<_> = text
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .take(MOST_IDS)
        .collect();
    (!ids.is_empty()).then_some(ids)
}

/// The pairs of `q`: `key:value "other key":"other value"`. What is no pair is passed over.
fn conditions(q: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let mut rest = q;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return None;
            }
            let (name, after) = token(rest, |c| c == ':' || c.is_whitespace());
            let Some(value) = after.strip_prefix(':').filter(|_| !name.is_empty()) else {
                // No pair: on to the next word.
                rest = after.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
                continue;
            };
            let (value, after) = token(value, char::is_whitespace);
            rest = after;
            return Some((name.to_owned(), value.to_owned()));
        }
    })
}

/// A text in quotes, or up to `end`; and what follows.
fn token(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    if let Some((quoted, rest)) = text.strip_prefix('"').and_then(|text| text.split_once('"')) {
        return (quoted, rest);
    }
    text.split_at(text.find(end).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use keyward_domain::ports::users::{Pattern, UserQuery};

    use super::{Query, conditions, parse};

    fn parsed(text: &str) -> UserQuery {
        parse(&Query::parse(text)).unwrap().unwrap()
    }

    #[test]
    fn a_search_has_words_of_three_kinds() {
        assert_eq!(
            parsed("search=%22boss%22+*oss*+fbo+B*s+*").search,
            [
                Pattern::Exact("boss".into()),
                Pattern::Infix("oss".into()),
                Pattern::Prefix("fbo".into()),
                Pattern::Prefix("B".into()),
                Pattern::Infix("s".into()),
            ]
        );
        let all = parsed("search=&username=ignored&q=a:1&enabled=true");
        assert_eq!((all.search.len(), all.username, all.attributes.len()), (0, None, 0));
        assert_eq!((all.enabled, all.with_service_accounts), (Some(true), false));
    }

    #[test]
    fn a_search_by_id_finds_rows() {
        let id = "84387a11-02a9-428b-bb81-b91bc455d0aa";
        assert_eq!(parsed(&format!("search=id:{id}+nope")).ids, [id.parse().unwrap()]);
        assert!(parse(&Query::parse("search=id:nope")).unwrap().is_none());
    }

    #[test]
    fn properties_are_inside_or_exact() {
        let inside = parsed("username=os&lastName=b");
        assert_eq!(inside.username, Some(Pattern::Infix("os".into())));
        assert!(inside.with_service_accounts);
        assert_eq!(
            parsed("username=os&exact=true").username,
            Some(Pattern::Exact("os".into()))
        );
        assert!(!parsed("first=1&briefRepresentation=true").with_service_accounts);
        assert_eq!(parsed("q=a:1+firstName:F").first_name, Some(Pattern::Infix("F".into())));
    }

    #[test]
    fn conditions_are_pairs() {
        let pairs = |q| {
            conditions(q)
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            pairs(r#"foo:two "a key":"Bar Baz" x:"y"#),
            ["foo=two", "a key=Bar Baz", "x=\"y"]
        );
        assert!(pairs("a").is_empty());
        assert_eq!(pairs("a b:c :d"), ["b=c"]);
    }
}
