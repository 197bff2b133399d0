//! The measured core without what a machine does to it: for latencies only, since a core is busy there.

use std::process::{Child, Command, Stdio};

use crate::Failure;
use crate::pin::MEASURED_CORE;

/// For as long as this value lives, the measured core does not sleep: the host of a virtual machine takes up to five
/// milliseconds to wake it. A loop that everything else goes before keeps it awake.
pub(crate) struct Awake(Child);

impl Awake {
    pub(crate) fn keep() -> Result<Self, Failure> {
        let core = MEASURED_CORE.to_string();
        let mut command = Command::new("chrt");
        command.args(["--idle", "0", "taskset", "--cpu-list", &core]);
        command.args(["sh", "-c", "while :; do :; done"]);
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("cannot run chrt (package util-linux): {error}"))?;
        Ok(Self(child))
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lets every thread of a process go before the kernel's own: those (RCU, the scan of memory) otherwise take the core
/// for five to ten milliseconds a second, which is the hundredth part that a 99th percentile shows. Whether that was
/// allowed: it takes the administrator's rights.
pub(crate) fn goes_first(process: u32) -> Result<bool, Failure> {
    let mut command = Command::new("chrt");
    command.args(["--all-tasks", "--fifo", "--pid", "1", &process.to_string()]);
    Ok(command.stderr(Stdio::null()).status()?.success())
}
