//! The answer that the browser brings back. RFC 6749 §4.1.2

use keyward_jose::digest::constant_time_eq;
use keyward_protocol::params::Params;

use crate::secret::Secret;
use crate::token::Refusal;

/// What an answer must say.
#[derive(Clone)]
pub(super) struct ExpectedCallback {
    pub(super) state: Secret,
    pub(super) issuer: String,
    /// The issuer's metadata promise `iss` in each answer. RFC 9207 §3
    pub(super) iss_promised: bool,
}

/// An answer to our own question.
#[derive(Debug)]
pub(super) enum Callback {
    Code(Secret),
    Refused(Refusal),
    IssuerMismatch,
    NoCode,
}

impl Callback {
    /// Reads a query. `None` without our `state`: any page can send a browser here, and none of them ends the login.
    pub(super) fn parse(query: &str, expected: &ExpectedCallback) -> Option<Self> {
        let params = Params::parse_query(query).ok()?;
        let state = params.get("state")?;
        if !constant_time_eq(state.as_bytes(), expected.state.reveal().as_bytes()) {
            return None;
        }
        // RFC 9207 §2.4: before anything else of the answer is looked at.
        match params.get("iss") {
            Some(iss) if iss != expected.issuer => return Some(Self::IssuerMismatch),
            None if expected.iss_promised => return Some(Self::IssuerMismatch),
            _ => {}
        }
        if let Some(error) = params.get("error") {
            let refusal = Refusal::parse(error, params.get("error_description"));
            return Some(refusal.map_or(Self::NoCode, Self::Refused));
        }
        Some(
            params
                .get("code")
                .map_or(Self::NoCode, |code| Self::Code(Secret::new(code))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str, iss_promised: bool) -> Option<String> {
        let expected = ExpectedCallback {
            state: Secret::new("s t"),
            issuer: "https://id.example".to_owned(),
            iss_promised,
        };
        Callback::parse(query, &expected).map(|callback| match callback {
            Callback::Code(code) => code.reveal().to_owned(),
            other => format!("{other:?}"),
        })
    }

    const ISS: &str = "iss=https%3A%2F%2Fid.example";

    #[test]
    fn a_code_with_our_state() {
        assert_eq!(parse("code=a%2Bb&state=s+t", false).unwrap(), "a+b");
        assert_eq!(parse(&format!("state=s%20t&{ISS}&code=a"), true).unwrap(), "a");
    }

    /// A page that guesses the port cannot end the login or slip in its own code. RFC 6749 §10.12
    #[test]
    fn a_foreign_answer_is_none() {
        for query in [
            "",
            "code=a",
            "code=a&state=",
            "code=a&state=s",
            "code=a&state=s+t+",
            "code=a&state=S+T",
            "code=a&state=s+t&state=s+t",
            "code=a&code=b&state=s+t",
            "error=access_denied",
            "error=access_denied&state=x",
            "code=%zz&state=s+t",
        ] {
            assert_eq!(parse(query, false), None, "{query}");
        }
    }

    #[test]
    fn mix_up_with_another_issuer_is_seen() {
        for query in [
            "code=a&state=s+t&iss=https%3A%2F%2Fevil.example",
            "code=a&state=s+t&iss=https%3A%2F%2Fid.example%2F",
            "error=access_denied&state=s+t&iss=https%3A%2F%2Fevil.example",
        ] {
            assert_eq!(parse(query, false).unwrap(), "IssuerMismatch", "{query}");
        }
        assert_eq!(parse("code=a&state=s+t", true).unwrap(), "IssuerMismatch");
        assert_eq!(parse("code=a&state=s+t&iss=", true).unwrap(), "IssuerMismatch");
    }

    #[test]
    fn refusals() {
        let refused = "error=access_denied&error_description=canary&state=s+t";
        assert_eq!(parse(refused, false).unwrap(), r#"Refused(Refusal("access_denied"))"#);
        for query in ["state=s+t", "state=s+t&error=%3Cb%3E&code=a", "state=s+t&code="] {
            assert_eq!(parse(query, false).unwrap(), "NoCode", "{query}");
        }
    }
}
