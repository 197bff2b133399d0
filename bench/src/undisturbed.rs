//! The measured core for the program that is measured alone, as far as the machine lets it. It takes the
//! administrator's rights.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::pin::{LOAD_CORE, MEASURED_CORE};

/// For as long as this value lives:
///
/// - kernel threads that may run on either core run on the load's. RCU and the scan of memory take a core for five to ten
///   milliseconds a second, which is the hundredth part that a 99th percentile shows;
/// - idle cores wait awake (the kernel's PM quality of service, 0 µs): the host of a virtual machine takes up to five
///   milliseconds to wake one that sleeps.
pub(crate) struct Undisturbed {
    awake: Option<File>,
    /// Kernel threads, and where each may run otherwise.
    moved: Vec<(u32, String)>,
}

impl Undisturbed {
    /// As much of it as is allowed.
    pub(crate) fn begin() -> Self {
        let free = kernel_threads().filter(|(_, cores)| is_free(cores));
        let moved = free
            .filter(|(thread, _)| place(*thread, &LOAD_CORE.to_string()))
            .collect();
        Self { awake: awake(), moved }
    }

    /// What a table says of latencies that hold the machine's own as well.
    pub(crate) const fn remark(&self) -> &'static str {
        if self.awake.is_some() && !self.moved.is_empty() {
            ""
        } else {
            "latencies hold those of the kernel's own threads and of waking the core: that takes the administrator's rights\n"
        }
    }
}

impl Drop for Undisturbed {
    fn drop(&mut self) {
        for (thread, cores) in &self.moved {
            place(*thread, cores);
        }
    }
}

fn awake() -> Option<File> {
    let mut file = OpenOptions::new().write(true).open("/dev/cpu_dma_latency").ok()?;
    file.write_all(&0_i32.to_ne_bytes()).ok()?;
    Some(file)
}

/// Children of `kthreadd`, with the cores on which they may run.
fn kernel_threads() -> impl Iterator<Item = (u32, String)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let thread = entry.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        (field("PPid:") == Some("2")).then_some(())?;
        Some((thread, field("Cpus_allowed_list:")?.to_owned()))
    })
}

/// Whether it may run on either core: one that is bound to a core belongs there.
fn is_free(cores: &str) -> bool {
    [MEASURED_CORE, LOAD_CORE].into_iter().all(|core| {
        cores.split(',').any(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let within = |first: u8, last: u8| (first..=last).contains(&core);
            first
                .parse()
                .is_ok_and(|first| last.parse().is_ok_and(|last| within(first, last)))
        })
    })
}

/// Whether it could be done.
fn place(thread: u32, cores: &str) -> bool {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "--pid", cores, &thread.to_string()]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Lets every thread of a process go before all others of its core, for a latency that is its own, where
/// that is allowed. Not for programs that have threads of lower priority: they would lose it.
pub(crate) fn goes_first(process: u32) {
    let mut command = Command::new("chrt");
    command.args(["--all-tasks", "--fifo", "--pid", "1", &process.to_string()]);
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
}
