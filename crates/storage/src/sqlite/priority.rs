//! Threads that let others go first.

/// Makes the calling thread as nice as `nice`: on Linux a priority belongs to a thread, whatever the call is named.
/// Elsewhere it would slow the whole process, so nothing is done.
pub(super) fn lower(nice: i32) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, nice) {
        tracing::debug!(%error, "a thread of SQLite keeps its priority");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = nice;
}
