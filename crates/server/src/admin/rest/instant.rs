//! Instants in a query: a day, or milliseconds since 1970.

use keyward_domain::Timestamp;

use super::error::AdminError;
use super::query::Query;

const DAY_SECS: i64 = 24 * 60 * 60;

impl Query {
    /// At or after: the first instant of a day (UTC), or the instant itself.
    pub(crate) fn from(&self, name: &str) -> Result<Option<Timestamp>, AdminError> {
        self.instant(name, |day| day)
    }

    /// At or before: the last instant of a day (UTC), or the instant itself.
    pub(crate) fn until(&self, name: &str) -> Result<Option<Timestamp>, AdminError> {
        self.instant(name, |day| Timestamp::from_millis(day.plus_secs(DAY_SECS).millis() - 1))
    }

    fn instant(&self, name: &str, of_day: fn(Timestamp) -> Timestamp) -> Result<Option<Timestamp>, AdminError> {
        let Some(text) = self.get(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let found = match text.parse::<i64>() {
            Ok(millis) => Some(Timestamp::from_millis(millis)),
            Err(_) => day(text).map(of_day),
        };
        found.map(Some).ok_or_else(|| {
            AdminError::BadRequest(format!(
                "Invalid value for '{name}', expected format is yyyy-MM-dd or an Epoch timestamp"
            ))
        })
    }
}

/// The first instant of a day of ISO 8601.
fn day(text: &str) -> Option<Timestamp> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let digits = |part: &str, count: usize| {
        let fits = part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<i64>().ok()).flatten()
    };
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    // Days since 1970 of the civil calendar, March being the first month of a year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day
            - 1
            - 719_468;
    Some(Timestamp::from_secs(days * DAY_SECS))
}

#[cfg(test)]
mod tests {
    use super::{Query, Timestamp};

    #[test]
    fn a_day_is_all_of_it() {
        let query = Query::parse("a=2026-11-29&b=1795949599291&c=2024-02-29&d=2026-02-29&e=abc&f=&g=1969-12-31");
        let millis = |found: Option<Timestamp>| found.map(Timestamp::millis);
        assert_eq!(millis(query.from("a").unwrap()), Some(1_795_910_400_000));
        assert_eq!(millis(query.until("a").unwrap()), Some(1_795_996_799_999));
        assert_eq!(millis(query.from("b").unwrap()), Some(1_795_949_599_291));
        assert_eq!(millis(query.from("c").unwrap()), Some(1_709_164_800_000));
        assert_eq!(millis(query.from("g").unwrap()), Some(-86_400_000));
        assert!(query.from("d").is_err() && query.from("e").is_err());
        assert_eq!(query.from("f").unwrap(), None);
    }
}
