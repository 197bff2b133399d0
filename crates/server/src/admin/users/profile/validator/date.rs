//! Dates.

/// A date of ISO 8601: `2020-02-29`.
pub(super) fn is_iso(value: &str) -> bool {
    let mut parts = value.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let digits = |part: Option<&str>, count: usize| {
        let part = part.filter(|part| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        part.parse::<u32>().ok()
    };
    parts.next().is_none() && is_date(digits(year, 4), digits(month, 2), digits(day, 2))
}

/// A date as the locale of an administrator writes it, which is English: `1/31/2020`.
pub(super) fn is_local(value: &str) -> bool {
    let mut parts = value.split('/');
    let (month, day, year) = (parts.next(), parts.next(), parts.next());
    let digits = |part: Option<&str>, most: usize| {
        let fits = |part: &&str| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.filter(fits)?.parse::<u32>().ok()
    };
    parts.next().is_none() && is_date(digits(year, 4), digits(month, 2), digits(day, 2))
}

fn is_date(year: Option<u32>, month: Option<u32>, day: Option<u32>) -> bool {
    let (Some(year), Some(month), Some(day)) = (year, month, day) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}
