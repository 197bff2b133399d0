//! The people of the demo, with every standard claim (OIDC Core §5.1) filled.

use std::collections::BTreeMap;

use keyward_domain::user::Profile;

pub(super) fn admin() -> Profile {
    Profile {
        first_name: Some("Demo".into()),
        last_name: Some("Administrator".into()),
        ..Profile::default()
    }
}

pub(super) fn alice() -> Profile {
    let own = [
        ("middleName", "Beatrix"),
        ("nickname", "Ally"),
        ("gender", "female"),
        ("birthdate", "1990-04-12"),
        ("zoneinfo", "Europe/Berlin"),
        ("locale", "de"),
        ("phoneNumber", "+49 30 5550100"),
        ("street", "Lindenallee 4"),
        ("locality", "Berlin"),
        ("region", "Berlin"),
        ("postal_code", "10115"),
        ("country", "Germany"),
        ("formatted", "Lindenallee 4\n10115 Berlin\nGermany"),
    ];
    person("alice", "Alice", "Anders", &own)
}

pub(super) fn bob() -> Profile {
    let own = [
        ("middleName", "Charles"),
        ("nickname", "Bobby"),
        ("gender", "male"),
        ("birthdate", "1985-11-30"),
        ("zoneinfo", "America/New_York"),
        ("locale", "en"),
        ("phoneNumber", "+1 555 0100"),
        ("street", "12 Harbor Street"),
        ("locality", "Portland"),
        ("region", "Maine"),
        ("postal_code", "04101"),
        ("country", "United States"),
        ("formatted", "12 Harbor Street\nPortland, Maine 04101\nUnited States"),
    ];
    person("bob", "Bob", "Baker", &own)
}

fn person(username: &str, first_name: &str, last_name: &str, own: &[(&str, &str)]) -> Profile {
    let site = format!("https://{username}.example.com");
    let shared = [
        ("profile", format!("{site}/about")),
        ("picture", format!("{site}/picture.png")),
        ("website", site),
        ("phoneNumberVerified", "true".into()),
        ("updatedAt", "1767225600".into()),
    ];
    let own = own.iter().map(|&(name, value)| (name, value.to_owned()));
    let attributes: BTreeMap<_, _> = own
        .chain(shared)
        .map(|(name, value)| (name.to_owned(), vec![value]))
        .collect();
    Profile {
        email: Some(format!("{username}@example.com")),
        email_verified: true,
        first_name: Some(first_name.into()),
        last_name: Some(last_name.into()),
        attributes,
        ..Profile::default()
    }
}
