use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::Failure;

/// The machine of a run: figures of different machines do not compare.
#[derive(Serialize)]
pub(crate) struct Machine {
    /// The processor's name, as the kernel gives it.
    pub(crate) cpu: String,
    /// Family, model and stepping: names are often generic on virtual machines.
    pub(crate) cpu_id: String,
    /// How many cores the kernel shows.
    pub(crate) cores: usize,
    /// Whether the processor has AVX-512 IFMA, which makes an RSA signature almost three times as fast.
    pub(crate) avx512_ifma: bool,
}

impl Machine {
    /// Reads `/proc/cpuinfo`.
    pub(crate) fn read() -> Result<Self, Failure> {
        Ok(Self::parse(&std::fs::read_to_string("/proc/cpuinfo")?))
    }

    fn parse(cpuinfo: &str) -> Self {
        let fields = || {
            cpuinfo
                .lines()
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.trim(), value.trim()))
        };
        let field = |wanted: &str| {
            fields()
                .find(|(name, _)| *name == wanted)
                .map_or("unknown", |(_, value)| value)
        };
        Self {
            cpu: field("model name").to_owned(),
            cpu_id: format!(
                "family {} model {} stepping {}",
                field("cpu family"),
                field("model"),
                field("stepping")
            ),
            cores: fields().filter(|(name, _)| *name == "processor").count(),
            avx512_ifma: field("flags").split(' ').any(|flag| flag == "avx512ifma"),
        }
    }
}

/// Resident memory of a process in KiB (`VmRSS`).
pub(crate) fn resident_kib(process: u32) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|kib| kib.parse().ok());
    kib.ok_or_else(|| "no VmRSS in /proc".into())
}

/// The time that a process spent on a core, all its threads together. Unlike the time that passed it does not count
/// what others did on that core.
pub(crate) fn cpu_time(process: u32) -> Result<Duration, Failure> {
    let mut nanos = 0;
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may have ended meanwhile.
        nanos += thread_nanos(&thread?.path()).unwrap_or(0);
    }
    // What threads spent that have ended stands in the sum of the process alone, which is good to 10 ms.
    Ok(Duration::from_nanos(nanos).max(whole(process).unwrap_or_default()))
}

/// User and system time of a process with all its threads, those too that have ended.
fn whole(process: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program may hold anything, a parenthesis too.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks()? + ticks()?) * 10))
}

/// The first number of the thread's `schedstat`.
fn thread_nanos(thread: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(thread.join("schedstat")).ok()?;
    text.split(' ').next()?.parse().ok()
}

/// The clock ticks that one core has spent since the machine's start.
#[derive(Clone, Copy)]
pub(crate) struct Ticks {
    idle: u32,
    all: u32,
}

impl Ticks {
    /// Reads the core's line of `/proc/stat`.
    pub(crate) fn read(core: u8) -> Result<Self, Failure> {
        let stat = std::fs::read_to_string("/proc/stat")?;
        Self::parse(&stat, core).ok_or_else(|| format!("no core {core} in /proc/stat").into())
    }

    fn parse(stat: &str, core: u8) -> Option<Self> {
        let name = format!("cpu{core} ");
        // user nice system idle iowait irq softirq steal; what follows is contained in the first two.
        let line = stat.lines().find_map(|line| line.strip_prefix(&name))?;
        let ticks: Vec<u64> = line
            .split_whitespace()
            .take(8)
            .map_while(|ticks| ticks.parse().ok())
            .collect();
        let idle: u64 = ticks.iter().skip(3).take(2).sum();
        // Only differences are used: the low half is enough.
        let low = |ticks: u64| u32::try_from(ticks & u64::from(u32::MAX)).ok();
        Some(Self {
            idle: low(idle)?,
            all: low(ticks.iter().sum())?,
        })
    }

    /// The part of the time since `earlier` that the core was not idle, from 0 to 1.
    pub(crate) fn busy_since(self, earlier: Self) -> f64 {
        let all = f64::from(self.all.wrapping_sub(earlier.all));
        let idle = f64::from(self.idle.wrapping_sub(earlier.idle));
        if all > 0.0 { (1.0 - idle / all).max(0.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cpuinfo() {
        let one = "processor\t: 0\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: Some CPU @ 2.7GHz\nstepping\t: 7\nflags\t\t: fpu avx512ifma\n\n";
        let machine = Machine::parse(&format!("{one}{}", one.replace(": 0", ": 1")));
        assert_eq!(machine.cpu, "Some CPU @ 2.7GHz");
        assert_eq!(machine.cpu_id, "family 6 model 85 stepping 7");
        assert_eq!((machine.cores, machine.avx512_ifma), (2, true));
    }

    #[test]
    fn cpu_time_grows_with_work() {
        let before = cpu_time(std::process::id()).unwrap();
        while cpu_time(std::process::id()).unwrap() == before {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn tells_how_busy_a_core_was() {
        let before = Ticks::parse("cpu  9 9 9 9\ncpu0 10 0 10 100 0 0 0 0 0 0\ncpu1 1 1 1 1 1 1 1 1\n", 0).unwrap();
        let after = Ticks::parse("cpu0 40 0 40 120 0 0 20 0 0 0\n", 0).unwrap();
        assert!((after.busy_since(before) - 0.8).abs() < 1e-9);
        assert!(Ticks::parse("cpu  9 9 9 9\n", 0).is_none());
    }
}
