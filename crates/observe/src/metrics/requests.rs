//! Requests and how long they took.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The status codes that have a series of their own.
const STATUSES: [(u16, &str); 22] = [
    (200, "200"),
    (201, "201"),
    (204, "204"),
    (302, "302"),
    (303, "303"),
    (304, "304"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (406, "406"),
    (408, "408"),
    (409, "409"),
    (413, "413"),
    (414, "414"),
    (415, "415"),
    (421, "421"),
    (429, "429"),
    (431, "431"),
    (500, "500"),
    (503, "503"),
];

/// The name for endpoints and status codes that are not known.
const OTHER: &str = "other";

/// Seconds. An answer from memory takes tens of microseconds, an RSA signature hundreds, a password hash tens of
/// milliseconds.
const BUCKETS: [f64; 15] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];

/// The series of every endpoint, found by one look-up without an allocation.
#[derive(Debug)]
pub(super) struct Requests {
    counts: Family<Answered, Counter>,
    durations: Family<Took, Histogram>,
    endpoints: HashMap<&'static str, Series>,
    other: Series,
}

/// The series of one endpoint. They come into being with the first answer, so that a scrape shows only what happened.
#[derive(Debug, Default)]
struct Series {
    duration: OnceLock<Histogram>,
    by_status: [OnceLock<Counter>; STATUSES.len()],
    other_status: OnceLock<Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    endpoint: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Took {
    endpoint: &'static str,
}

impl Requests {
    pub(super) fn register(endpoints: &[&'static str], registry: &mut Registry) -> Self {
        let counts = Family::default();
        let durations = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        registry.register("keyward_http_requests", "Answered HTTP requests", counts.clone());
        registry.register_with_unit(
            "keyward_http_request_duration",
            "From the first byte of a request to its answer",
            Unit::Seconds,
            durations.clone(),
        );
        let endpoints = endpoints.iter().map(|name| (*name, Series::default())).collect();
        Self {
            counts,
            durations,
            endpoints,
            other: Series::default(),
        }
    }

    pub(super) fn count(&self, endpoint: &'static str, status: u16, micros: u64) {
        let (endpoint, series) = match self.endpoints.get_key_value(endpoint) {
            Some((name, series)) => (*name, series),
            None => (OTHER, &self.other),
        };
        let (status, counter) = STATUSES
            .iter()
            .zip(&series.by_status)
            .find(|((code, _), _)| *code == status)
            .map_or((OTHER, &series.other_status), |((_, label), counter)| (*label, counter));
        counter
            .get_or_init(|| self.counts.get_or_create_owned(&Answered { endpoint, status }))
            .inc();
        series
            .duration
            .get_or_init(|| self.durations.get_or_create_owned(&Took { endpoint }))
            .observe(Duration::from_micros(micros).as_secs_f64());
    }
}
