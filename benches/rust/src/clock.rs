//! Two clocks: what has passed, and what this process has had of the processors meanwhile.

use std::time::{Duration, Instant};

#[derive(Clone, Copy)]
pub(crate) struct Clock {
    wall: Instant,
    cpu: Duration,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { cpu: processor_time(), wall: Instant::now() }
    }

    /// Wall time and processor time since the start.
    pub(crate) fn elapsed(self) -> (Duration, Duration) {
        let wall = self.wall.elapsed();
        (wall, processor_time().saturating_sub(self.cpu))
    }
}

#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Where nobody has asked for it yet, the wall clock has to do.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed()
}
