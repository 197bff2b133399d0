use super::{Broken, PasswordPolicy, PasswordPolicyError, PatternError};

fn policy(text: &str) -> PasswordPolicy {
    text.parse().unwrap()
}

fn check(text: &str, password: &str) -> Result<(), Vec<Broken>> {
    policy(text).check(password, "alice", Some("Alice@example.org"))
}

#[test]
fn the_text_comes_back_and_what_is_not_kept_is_named() {
    let exported = "length(8) and digits(1) and notUsername(undefined) and notEmail(undefined) and passwordHistory(3) \
                    and hashAlgorithm(argon2)";
    let parsed = policy(exported);
    assert_eq!(parsed.to_string(), exported);
    assert_eq!(
        parsed.unsupported().collect::<Vec<_>>(),
        ["passwordHistory(3)", "hashAlgorithm(argon2)"]
    );
    let json = serde_json::to_string(&parsed).unwrap();
    assert_eq!(json, format!("\"{exported}\""));
    assert_eq!(serde_json::from_str::<PasswordPolicy>(&json).unwrap(), parsed);
    assert_eq!(
        policy(" length( 9 )  and  notEmail ").to_string(),
        "length( 9 ) and notEmail"
    );
    assert_eq!(policy("regexPattern(^(a|b)+$) and length(9)").unsupported().count(), 0);
    let data = "forceExpiredPasswordChange(365) and hashAlgorithm(pbkdf2-sha512) and hashIterations(210000) and \
                maxAuthAge(300) and passwordAge(30) and passwordBlacklist(common.txt) and passwordHistory(3) and \
                recoveryCodesWarningThreshold(4)";
    let kept = policy(data);
    assert_eq!(kept.to_string(), data);
    assert_eq!(
        kept.unsupported().collect::<Vec<_>>(),
        data.split(" and ").collect::<Vec<_>>()
    );
    assert_eq!(kept.check("eight678", "alice", None), Ok(()));
}

#[test]
fn without_a_length_it_is_anything_that_can_be_seen() {
    assert_eq!(PasswordPolicy::default().to_string(), "length(8)");
    assert_eq!(policy("").to_string(), "");
    for text in ["length", "length(8)"] {
        assert_eq!(check(text, "sevenxx"), Err(vec![Broken::MinLength(8)]), "{text}");
        assert_eq!(check(text, "eight678"), Ok(()), "{text}");
    }
    for text in ["", "digits(0)", "notUsername"] {
        assert_eq!(check(text, "p"), Ok(()), "{text}");
        for nothing in ["", " ", "\t \u{3000}"] {
            assert_eq!(check(text, nothing), Err(vec![Broken::MinLength(1)]), "{text}");
        }
    }
    assert_eq!(check("length(8)", &" ".repeat(9)), Err(vec![Broken::MinLength(8)]));
    assert_eq!(check("length(4)", "four"), Ok(()));
    assert_eq!(check("length(0)", ""), Err(vec![Broken::MinLength(1)]));
    // A character is a code point, not a byte.
    assert_eq!(check("length(8)", "密码密码密码密"), Err(vec![Broken::MinLength(8)]));
    assert_eq!(check("length(8)", "密码密码密码密码"), Ok(()));
}

#[test]
fn every_rule_that_is_broken_is_named() {
    let all = "length(12) and maxLength(64) and digits(2) and upperCase(1) and lowerCase(10) and specialChars(1) and \
               notUsername and notEmail and notContainsUsername";
    assert_eq!(
        check(all, "ALICE1"),
        Err(vec![
            Broken::MinLength(12),
            Broken::MinDigits(2),
            Broken::MinLowerCase(10),
            Broken::MinSpecialChars(1),
            Broken::NotContainsUsername,
        ])
    );
    assert_eq!(check(all, "Correct-horse 42"), Ok(()));
    assert_eq!(
        check("length(5) and notUsername(undefined) and upperCase", "alice"),
        Err(vec![Broken::NotUsername, Broken::MinUpperCase(1)])
    );
    assert_eq!(check("notEmail", "alice@EXAMPLE.org"), Err(vec![Broken::NotEmail]));
    assert_eq!(check("maxLength(9)", "0123456789"), Err(vec![Broken::MaxLength(9)]));
    assert_eq!(policy("notContainsUsername").check("whatever", "", None), Ok(()));
}

#[test]
fn a_pattern_is_for_the_whole_password() {
    let digits = "length(1) and regexPattern(^\\d(?:\\.\\d)*$)";
    assert_eq!(policy(digits).to_string(), digits);
    assert_eq!(policy(digits), policy(digits));
    assert_ne!(policy(digits), policy("length(1) and regexPattern(\\d)"));
    assert_eq!(check(digits, "1.2.3"), Ok(()));
    assert_eq!(check(digits, "1.2.3."), Err(vec![Broken::RegexPattern]));
    // Keycloak keeps the last alone; whoever wrote two means both.
    let both = "length(1) and regexPattern(.*a.*) and regexPattern(.*b.*)";
    assert_eq!(policy(both).to_string(), both);
    assert_eq!(check(both, "ab"), Ok(()));
    assert_eq!(check(both, "a"), Err(vec![Broken::RegexPattern]));
    let long = "a".repeat(1025);
    assert_eq!(check("regexPattern(b)", &long), Err(vec![Broken::MaxBytes(1024)]));
}

#[test]
fn hashing_is_bounded_whatever_the_policy_says() {
    assert_eq!(check("", &"a".repeat(1024)), Ok(()));
    assert_eq!(check("length(1)", &"a".repeat(1025)), Err(vec![Broken::MaxBytes(1024)]));
}

#[test]
fn what_keycloak_answers() {
    let broken = Broken::MinLength(8);
    assert_eq!(broken.message_key(), "invalidPasswordMinLengthMessage");
    assert_eq!(broken.to_string(), "Invalid password: minimum length 8.");
    assert_eq!(Broken::RegexPattern.message_key(), "invalidPasswordRegexPatternMessage");
    assert_eq!(
        Broken::RegexPattern.to_string(),
        "Invalid password: fails to match regex pattern(s)."
    );
    // The order in which Keycloak 26.7 named them, one after the other left out.
    let rules = [
        ("notContainsUsername", Broken::NotContainsUsername),
        ("specialChars(30)", Broken::MinSpecialChars(30)),
        ("upperCase(30)", Broken::MinUpperCase(30)),
        ("lowerCase(30)", Broken::MinLowerCase(30)),
        ("length(80)", Broken::MinLength(80)),
        ("regexPattern(zzz)", Broken::RegexPattern),
        ("digits(30)", Broken::MinDigits(30)),
        ("notUsername", Broken::NotUsername),
        ("maxLength(3)", Broken::MaxLength(3)),
        ("notEmail", Broken::NotEmail),
    ];
    for (left_out, (_, first)) in rules.into_iter().enumerate() {
        let texts: Vec<&str> = rules[left_out..].iter().rev().map(|(text, _)| *text).collect();
        let broken = policy(&texts.join(" and ")).check("alicealice", "alicealice", Some("alicealice"));
        assert_eq!(Broken::named_by_keycloak(&broken.unwrap_err()), Some(first));
    }
    assert_eq!(Broken::named_by_keycloak(&[]), None);
}

#[test]
fn what_keycloak_answers_to_a_bad_policy() {
    for (text, message) in [
        ("lenght(8)", "Password policy not found"),
        ("length(8", "Invalid config for length: Not a valid number"),
        ("length(undefined)", "Invalid config for length: Not a valid number"),
        ("regexPattern", "Invalid config for regexPattern: Config required"),
    ] {
        assert_eq!(text.parse::<PasswordPolicy>().unwrap_err().message(), message, "{text}");
    }
    for text in ["regexPattern([)", "regexPattern((a)\\1)"] {
        let error = text.parse::<PasswordPolicy>().unwrap_err();
        assert_eq!(error, PasswordPolicyError::Pattern(PatternError::Unsupported));
        assert_eq!(
            error.message(),
            "Invalid config for regexPattern: Not a valid regular expression, or one that is not supported"
        );
    }
}

#[test]
fn what_is_no_policy() {
    use PasswordPolicyError::{Argument, TooLong, Twice, Unknown};
    let cases = [
        ("lenght(8)", Unknown("lenght".into())),
        ("length(8), digits(1)", Argument("length".into())),
        ("length(8", Argument("length".into())),
        ("length(-1)", Argument("length".into())),
        ("length(1025)", Argument("length".into())),
        ("length(undefined)", Argument("length".into())),
        ("length(8) and length(4)", Twice("length".into())),
        ("notEmail and notEmail(undefined)", Twice("notEmail".into())),
        ("()", Unknown(String::new())),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<PasswordPolicy>(), Err(error), "{text}");
    }
    let long = format!("regexPattern({})", "a".repeat(4096));
    assert_eq!(long.parse::<PasswordPolicy>(), Err(TooLong));
    assert!(serde_json::from_str::<PasswordPolicy>("\"nonsense\"").is_err());
}
