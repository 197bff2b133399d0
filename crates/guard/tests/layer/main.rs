//! The guard as a layer: the examples over real sockets, and what programs can do wrong.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test may panic"
)]

mod axum_example;
mod extractor;
mod requirement;
mod support;
mod tonic_example;
