//! Which rule of a policy a password breaks.

/// A rule that a chosen password breaks. `Display` gives Keycloak's English words, which its admin API answers as
/// `error_description`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Fewer characters than this.
    #[error("Invalid password: minimum length {0}.")]
    MinLength(u32),
    /// More characters than this.
    #[error("Invalid password: maximum length {0}.")]
    MaxLength(u32),
    /// More bytes than any password may have.
    #[error("Invalid password: at most {0} bytes.")]
    MaxBytes(usize),
    /// Fewer digits than this.
    #[error("Invalid password: must contain at least {0} numerical digits.")]
    MinDigits(u32),
    /// Fewer upper case letters than this.
    #[error("Invalid password: must contain at least {0} upper case characters.")]
    MinUpperCase(u32),
    /// Fewer lower case letters than this.
    #[error("Invalid password: must contain at least {0} lower case characters.")]
    MinLowerCase(u32),
    /// Fewer characters that are neither letter nor digit than this.
    #[error("Invalid password: must contain at least {0} special characters.")]
    MinSpecialChars(u32),
    /// It is the user name.
    #[error("Invalid password: must not be equal to the username.")]
    NotUsername,
    /// It is the mail address.
    #[error("Invalid password: must not be equal to the email.")]
    NotEmail,
    /// The user name stands in it.
    #[error("Invalid password: Can not contain the username.")]
    NotContainsUsername,
    /// It does not match the policy's regular expression.
    #[error("Invalid password: fails to match regex pattern(s).")]
    RegexPattern,
}

impl Broken {
    /// The one that Keycloak 26.7 names where several are broken: it looks at its rules in an order of its own,
    /// whatever the order in the policy.
    pub fn named_by_keycloak(broken: &[Self]) -> Option<Self> {
        broken.iter().copied().min_by_key(|broken| broken.place())
    }

    const fn place(self) -> u8 {
        match self {
            Self::NotContainsUsername => 0,
            Self::MinSpecialChars(_) => 1,
            Self::MinUpperCase(_) => 2,
            Self::MinLowerCase(_) => 3,
            Self::MinLength(_) => 4,
            Self::RegexPattern => 5,
            Self::MinDigits(_) => 6,
            Self::NotUsername => 7,
            Self::MaxLength(_) | Self::MaxBytes(_) => 8,
            Self::NotEmail => 9,
        }
    }

    /// The key of Keycloak's message, which its admin API answers as `error` and pages translate.
    pub const fn message_key(self) -> &'static str {
        match self {
            Self::MinLength(_) => "invalidPasswordMinLengthMessage",
            Self::MaxLength(_) | Self::MaxBytes(_) => "invalidPasswordMaxLengthMessage",
            Self::MinDigits(_) => "invalidPasswordMinDigitsMessage",
            Self::MinUpperCase(_) => "invalidPasswordMinUpperCaseCharsMessage",
            Self::MinLowerCase(_) => "invalidPasswordMinLowerCaseCharsMessage",
            Self::MinSpecialChars(_) => "invalidPasswordMinSpecialCharsMessage",
            Self::NotUsername => "invalidPasswordNotUsernameMessage",
            Self::NotEmail => "invalidPasswordNotEmailMessage",
            Self::NotContainsUsername => "invalidPasswordNotContainsUsernameMessage",
            Self::RegexPattern => "invalidPasswordRegexPatternMessage",
        }
    }
}
