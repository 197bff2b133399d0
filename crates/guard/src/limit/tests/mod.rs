//! The algorithms and the local store against exact models.
