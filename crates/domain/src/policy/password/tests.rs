use super::{Broken, PasswordPolicy, PasswordPolicyError};

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
    assert_eq!(policy("regexPattern(^(a|b)+$) and length(9)").unsupported().count(), 1);
}

#[test]
fn without_a_length_it_is_eight() {
    assert_eq!(PasswordPolicy::default().to_string(), "length(8)");
    assert_eq!(policy("").to_string(), "");
    for text in ["", "length", "length(8)", "digits(0)"] {
        assert_eq!(check(text, "sevenxx"), Err(vec![Broken::MinLength(8)]), "{text}");
        assert_eq!(check(text, "eight678"), Ok(()), "{text}");
    }
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
fn hashing_is_bounded_whatever_the_policy_says() {
    assert_eq!(check("", &"a".repeat(1024)), Ok(()));
    assert_eq!(check("length(1)", &"a".repeat(1025)), Err(vec![Broken::MaxBytes(1024)]));
}

#[test]
fn what_keycloak_answers() {
    let broken = Broken::MinLength(8);
    assert_eq!(broken.message_key(), "invalidPasswordMinLengthMessage");
    assert_eq!(broken.to_string(), "Invalid password: minimum length 8.");
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
