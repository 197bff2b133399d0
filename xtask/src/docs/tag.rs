//! The tags that say which passage of which standard a piece of code keeps: `RFC 9449 §4.3`, `OIDC Core §3.1.2.1`.

use std::fmt;

/// A passage, or a whole standard. Ordered by RFC number, other standards behind by name, then by section.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag {
    rfc: u32,
    /// The standard's name.
    pub(super) standard: String,
    parts: Vec<(bool, u32, String)>,
    section: String,
}

/// The first words of standards, and how many words before a section are looked through for one.
const STANDARDS: [&str; 11] = [
    "RFC", "OIDC", "OAuth", "JARM", "CIBA", "FAPI", "SEC", "NIST", "FIPS", "CSP", "HTML",
];
const REACH: usize = 6;

/// The tags in a comment, or the word of it that names a section of nothing.
pub(super) fn tags(comment: &str) -> Result<Vec<Tag>, String> {
    let words: Vec<&str> = comment
        .split_whitespace()
        .map(|word| word.trim_start_matches(['(', '[']))
        .collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = words.get(at.saturating_sub(REACH)..at).unwrap_or_default();
        if let Some(section) = word.strip_prefix('§') {
            let start = before.iter().rposition(|word| STANDARDS.contains(word));
            let name = start
                .and_then(|start| before.get(start..))
                .ok_or_else(|| (*word).to_owned())?;
            let length = match name.first() {
                Some(&"RFC") => 2,
                // Behind the first section of a list stand the others.
                _ => name.iter().take_while(|word| !word.starts_with('§')).count(),
            };
            let name: Vec<&str> = name.iter().take(length).copied().collect();
            found.push(Tag::new(&name.join(" "), section));
        } else if let Some((&"RFC", _)) = before.split_last() {
            let number = word.trim_end_matches(|c: char| !c.is_ascii_digit());
            match (words.get(at + 1), words.get(at + 2)) {
                (Some(next), _) if next.starts_with('§') => {}
                (Some(&"appendix"), Some(section)) => found.push(Tag::new(&format!("RFC {number}"), section)),
                _ if number.parse::<u32>().is_ok() => found.push(Tag::new(&format!("RFC {number}"), "")),
                _ => {}
            }
        }
    }
    Ok(found)
}

impl Tag {
    fn new(standard: &str, section: &str) -> Self {
        let end = section.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
        let section = section
            .get(..end.unwrap_or(section.len()))
            .unwrap_or_default()
            .trim_end_matches('.');
        let part = |part: &str| match part.parse() {
            Ok(number) => (false, number, String::new()),
            Err(_) => (true, 0, part.to_owned()),
        };
        Self {
            rfc: standard
                .strip_prefix("RFC ")
                .and_then(|number| number.parse().ok())
                .unwrap_or(u32::MAX),
            standard: standard.to_owned(),
            parts: section.split('.').filter(|part| !part.is_empty()).map(part).collect(),
            section: section.to_owned(),
        }
    }

    /// Where the passage can be read, for an RFC.
    pub(super) fn link(&self) -> Option<String> {
        let kind = match self.parts.first() {
            None => "",
            Some((false, ..)) => "#section-",
            Some((true, ..)) => "#appendix-",
        };
        (self.rfc != u32::MAX).then(|| format!("https://www.rfc-editor.org/rfc/rfc{}{kind}{}", self.rfc, self.section))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.standard)?;
        if self.section.is_empty() {
            Ok(())
        } else {
            write!(f, " §{}", self.section)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tags;

    fn shown(comment: &str) -> Vec<String> {
        tags(comment).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tags_are_found_in_prose() {
        assert_eq!(
            shown("What discovery promises (RFC 8414, OIDC Discovery §3): only RFC 6749 §2.3.1."),
            ["RFC 8414", "OIDC Discovery §3", "RFC 6749 §2.3.1"]
        );
        assert_eq!(
            shown("Logout. OIDC RP-Initiated Logout §2.1"),
            ["OIDC RP-Initiated Logout §2.1"]
        );
        assert_eq!(
            shown("OAuth Multiple Response Types §2.1, NIST SP 800-63B §5.1.1.1 and CSP Level 3 §2.3.1"),
            [
                "OAuth Multiple Response Types §2.1",
                "NIST SP 800-63B §5.1.1.1",
                "CSP Level 3 §2.3.1"
            ]
        );
        assert_eq!(shown("RFC 6749 appendix A.1 allows it"), ["RFC 6749 §A.1"]);
        assert_eq!(
            shown("RFC 7515 §4.1.1, §4.1.9, §4.1.4"),
            ["RFC 7515 §4.1.1", "RFC 7515 §4.1.9", "RFC 7515 §4.1.4"]
        );
        assert_eq!(tags("as §4 says"), Err("§4".to_owned()));
    }

    #[test]
    fn sections_are_ordered_as_numbers_and_appendices_come_last() {
        let mut found =
            tags("OIDC Core §2, RFC 6749 §10.1, RFC 6749 §B, RFC 6749 §4.1, RFC 6749, RFC 10000 §1").unwrap();
        found.sort();
        let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "RFC 6749",
                "RFC 6749 §4.1",
                "RFC 6749 §10.1",
                "RFC 6749 §B",
                "RFC 10000 §1",
                "OIDC Core §2"
            ]
        );
    }
}
