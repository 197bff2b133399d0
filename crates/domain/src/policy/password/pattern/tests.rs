use proptest::prelude::*;

use super::*;

fn accepted<'a>(java: &str, words: &[&'a str]) -> Vec<&'a str> {
    let pattern = Pattern::parse(java).unwrap();
    words.iter().copied().filter(|word| pattern.matches(word)).collect()
}

/// What Keycloak 26.7 takes and refuses with these expressions.
#[test]
fn words_are_taken_as_by_java() {
    let words = [
        "a", "b", "ab", "aab", "abb", "ABC", "abc", "a-", "a!", "1", "1!", "é", "É", "٣", "<b>", "[", "]", "_-",
    ];
    let cases: [(&str, &[&str]); 30] = [
        (r"^[a-z]+$", &["a", "b", "ab", "aab", "abb", "abc"]),
        (r"a|b", &["a", "b"]),
        (r"^a|b$", &["a", "b"]),
        (r"a.", &["ab", "a-", "a!"]),
        (r"(?i)abc", &["ABC", "abc"]),
        (r"((?i)a)bc", &["abc"]),
        (r"(?i:A)b", &["ab"]),
        (r"(?-i)a", &["a"]),
        (r"(?i)é", &["é"]),
        (r"\d", &["1"]),
        (r"\w+", &["a", "b", "ab", "aab", "abb", "ABC", "abc", "1"]),
        (r"\W+", &["é", "É", "٣", "[", "]"]),
        (r"\p{Punct}+", &["[", "]", "_-"]),
        (r"\P{Punct}", &["a", "b", "1", "é", "É", "٣"]),
        (r"[\p{Punct}\d]+", &["1", "1!", "[", "]", "_-"]),
        (r"[^\p{Alpha}]+", &["1", "1!", "é", "É", "٣", "[", "]", "_-"]),
        (r"[\P{Alpha}]", &["1", "é", "É", "٣", "[", "]"]),
        (r"\p{Upper}{3}", &["ABC"]),
        (r"\<b\>", &["<b>"]),
        (r"[\<\>b]+", &["b", "<b>"]),
        (r"[\[\]]", &["[", "]"]),
        (r"[]b]", &["b", "]"]),
        (r"[^]b]", &["a", "1", "é", "É", "٣", "["]),
        (r"[a-]+", &["a", "a-"]),
        (r"a+?b", &["ab", "aab"]),
        (r"\Aab\z", &["ab"]),
        (r"\bab\b", &["ab"]),
        (r"(?<first>a)b", &["ab"]),
        (r"\x41\u0042C", &["ABC"]),
        (r"\_\-", &["_-"]),
    ];
    for (java, expected) in cases {
        assert_eq!(accepted(java, &words), expected, "{java}");
    }
}

#[test]
fn look_ahead_at_the_beginning_is_kept() {
    let words = [
        "a",
        "b",
        "ab",
        "aab",
        "Abcdefg1!",
        "abcdefg1",
        "abc defg1",
        "abcdefgh",
        ")",
        "1a",
    ];
    let cases: [(&str, &[&str]); 12] = [
        (r"^(?=.*\d)(?=.*[a-z])(?!.*\s).{8,}$", &["Abcdefg1!", "abcdefg1"]),
        (
            r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]{8,}$",
            &["Abcdefg1!"],
        ),
        (r"(?=.*\d)(?=.*[A-Z]).+", &["Abcdefg1!"]),
        (r"(?!.*\d).+", &["a", "b", "ab", "aab", "abcdefgh", ")"]),
        (r"(?=a)(b|ab)", &["ab"]),
        (r"(?=a|b)[ab]{2}", &["ab"]),
        (r"(?=[)])\)", &[")"]),
        (r"(?=\))\)", &[")"]),
        (r"(?=(a))(?=(?:a|(b)))a", &["a"]),
        (r"^(?i)(?=.*A)aab$", &["aab"]),
        (r"(?=.{3,}$)[a-z]+", &["aab", "abcdefgh"]),
        (r"(?![0-9])\w+", &["a", "b", "ab", "aab", "abcdefg1", "abcdefgh"]),
    ];
    for (java, expected) in cases {
        assert_eq!(accepted(java, &words), expected, "{java}");
    }
}

#[test]
fn what_cannot_be_kept_is_refused() {
    for java in [
        // No expressions.
        "[",
        "(",
        ")",
        "a)|(b",
        "a{2",
        "a{,2}",
        "{",
        "*",
        "[b-a]",
        "(?=a",
        "(?!",
        r"\",
        // Look-around elsewhere, or repeated, or in one branch alone.
        "a(?=b)b",
        "a(?!b).",
        "(?<=a)b",
        "(?<!a)b",
        "(?=a)*b",
        "(?=a)?b",
        "(?=a){2}b",
        "(?=a)b|c",
        "^(?:(?=a)a|b)$",
        "(?=a(?=b))ab",
        // What takes more than linear time, or remembers.
        r"(a)\1",
        r"(?<n>a)\k<n>",
        "(?>a)b",
        "a++b",
        "a*+",
        "a?+",
        "a{2}+",
        r"^(?!.*(.)\1).+$",
        // Other words, or another meaning, in the library.
        r"\p{L}+",
        r"\p{IsAlphabetic}",
        r"\pL",
        r"\p{punct}",
        "[[:alpha:]]",
        "[a-c[x-z]]",
        "[a-z&&[^b]]",
        r"\Qa.b\E",
        r"\h",
        r"\v",
        r"\R",
        r"\X",
        r"\Z",
        r"\G",
        r"\e",
        r"\cA",
        r"\07",
        r"\b{g}",
        "(?s)a",
        "(?m)a",
        "(?x)a",
        "(?u)a",
        "(?U)a",
        "(?d)a",
        "(?R)a",
        "[+--]",
    ] {
        assert_eq!(Pattern::parse(java).unwrap_err(), PatternError::Unsupported, "{java}");
    }
    assert_eq!(Pattern::parse("").unwrap_err(), PatternError::Absent);
}

/// An expression that takes a backtracking library minutes, and ones that would take memory.
#[test]
fn catastrophic_expressions_do_no_harm() {
    let word = format!("{}!", "a".repeat(1023));
    for java in [
        r"(a+)+",
        r"(a|a)*",
        r"(a|aa)+",
        r"(.*)*x",
        r"^(?=(a+)+$).*",
        r"(a?){200}a{200}",
    ] {
        assert!(!Pattern::parse(java).unwrap().matches(&word), "{java}");
    }
    for java in [
        "(a{1000}){1000}",
        "(?=(a{1000}){1000}).*",
        ".{4294967295}",
        "((.{50}){50}){50}",
    ] {
        assert!(Pattern::parse(java).is_err(), "{java}");
    }
    assert!(Pattern::parse(&"(".repeat(2000)).is_err());
    assert!(Pattern::parse(&format!("{}a{}", "(".repeat(2000), ")".repeat(2000))).is_err());
}

proptest! {
    #[test]
    fn parse_never_panics(java in any::<String>(), pieces in r"[\[\]\\^&|(){}?*+=!<>:,a-c1pPunctQE$.-]{0,40}") {
        for java in [java, format!("(?={pieces}"), pieces] {
            if let Ok(pattern) = Pattern::parse(&java) {
                let _ = pattern.matches(&java);
            }
        }
    }
}
