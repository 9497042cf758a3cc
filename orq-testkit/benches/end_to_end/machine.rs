//! What the operating system is asked for: one core, the CPU time, file descriptors.

use std::time::Duration;

use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    time::{ClockId, clock_gettime},
};

/// Binds this thread, and the processes that it starts, to the first core that it may run on. Returns what was done.
#[cfg(target_os = "linux")]
pub(crate) fn pin() -> String {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let allowed = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
    let Some(core) = (0..CpuSet::MAX_CPU).find(|&core| allowed.is_set(core)) else {
        return NOT_PINNED.to_owned();
    };
    let mut one = CpuSet::new();
    one.set(core);
    match sched_setaffinity(None, &one) {
        Ok(()) => format!("client and server on core {core}"),
        Err(_) => NOT_PINNED.to_owned(),
    }
}

/// Leaves the choice of cores to the scheduler, which no call can change here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn pin() -> String {
    NOT_PINNED.to_owned()
}

const NOT_PINNED: &str =
    "NOT PINNED to one core: the figures of calls and of paced streams vary with idle wake-ups";

/// Returns the CPU time of this process so far, that of the kernel on its behalf included.
pub(crate) fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds)
}

/// Raises the limit on open files as far as it goes, for this process and those that it starts.
///
/// # Errors
///
/// A message if the limit stays below `files`.
pub(crate) fn allow_files(files: u64) -> Result<(), String> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // A system that refuses leaves the limit as it was, which is checked.
    let _ = setrlimit(Resource::Nofile, raised);
    match getrlimit(Resource::Nofile).current {
        Some(most) if most < files => Err(format!(
            "{files} open files are needed, and the system allows {most}: raise the hard limit (`ulimit -Hn`)"
        )),
        _ => Ok(()),
    }
}
