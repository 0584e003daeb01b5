//! The machine's own time: the host's clock, with its backward steps taken out.

use crate::limits;
use crate::time::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// Turns the host's times into times that never run backwards.
///
/// When the host's clock is set back, every age and every pause goes on from where it was: a key set does not become
/// younger, and a pause does not last until the old time comes round again. When it is set forward, sets age by that
/// much, which errs on the safe side; but not by decades, which did not go by. A clock that jumps so with every reading would
/// else make every set too old before anybody has looked at it, and each look would ask for another fetch.
#[derive(Debug)]
pub(crate) struct Clock {
    /// The latest machine time that was seen, to within [`limits::CLOCK_GRAIN`].
    latest: AtomicI64,
    /// What the backward steps so far add up to, in milliseconds: machine time is the host's time plus this.
    offset: AtomicI64,
}

/// One point in time, as the host names it and as the machine counts it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) machine: Timestamp,
    pub(crate) host: Timestamp,
}

impl Moment {
    /// A machine time in terms of the host's clock.
    pub(crate) fn to_host(self, machine: Timestamp) -> Timestamp {
        let offset = self.machine.as_millis().saturating_sub(self.host.as_millis());
        Timestamp::from_millis(machine.as_millis().saturating_sub(offset))
    }

    /// A time of the host's clock in terms of the machine's.
    pub(crate) fn to_machine(self, host: Timestamp) -> Timestamp {
        let offset = self.machine.as_millis().saturating_sub(self.host.as_millis());
        Timestamp::from_millis(host.as_millis().saturating_add(offset))
    }
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { latest: AtomicI64::new(i64::MIN), offset: AtomicI64::new(0) }
    }

    /// Reads the host's time. Costs two loads; a store only once per grain, so threads do not fight over the line.
    pub(crate) fn read(&self, host: Timestamp) -> Moment {
        let offset = self.offset.load(Ordering::Relaxed);
        let latest = self.latest.load(Ordering::Relaxed);
        let host = within_range(host);
        let time = host.as_millis().saturating_add(offset);
        if is_step(time, latest) {
            let stepped = offset.saturating_add(latest.saturating_sub(time));
            // When another thread saw the step first, its correction holds for this one too.
            let offset = match self.offset.compare_exchange(offset, stepped, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => stepped,
                Err(corrected) => corrected,
            };
            return Self::moment(host, host.as_millis().saturating_add(offset));
        }
        if time >= latest.saturating_add(millis(limits::CLOCK_GRAIN)) {
            self.latest.fetch_max(time, Ordering::Relaxed);
        }
        Self::moment(host, time.max(latest))
    }

    /// What [`Clock::read`] would give; the clock stays as it is.
    pub(crate) fn peek(&self, host: Timestamp) -> Moment {
        let host = within_range(host);
        let time = host.as_millis().saturating_add(self.offset.load(Ordering::Relaxed));
        let latest = self.latest.load(Ordering::Relaxed);
        Self::moment(host, if is_step(time, latest) { latest } else { time.max(latest) })
    }

    /// The latest time that was seen, to within the grain, in terms of the host's clock.
    pub(crate) fn latest(&self) -> Timestamp {
        self.to_host(Timestamp::from_millis(self.latest.load(Ordering::Relaxed)))
    }

    /// A machine time in terms of the host's clock, for callers that have no present time.
    pub(crate) fn to_host(&self, machine: Timestamp) -> Timestamp {
        Timestamp::from_millis(machine.as_millis().saturating_sub(self.offset.load(Ordering::Relaxed)))
    }

    fn moment(host: Timestamp, machine: i64) -> Moment {
        Moment { machine: Timestamp::from_millis(machine), host }
    }
}

/// Whether the clock was set between two readings. Threads that read it a moment ago, and clocks that are nudged, come a
/// little late: that is no step. The first reading is none.
fn is_step(time: i64, latest: i64) -> bool {
    let back = time < latest.saturating_sub(millis(limits::CLOCK_TOLERANCE));
    let forward = latest != i64::MIN && time > latest.saturating_add(millis(limits::CLOCK_STEP));
    back || forward
}

fn within_range(host: Timestamp) -> Timestamp {
    let (first, last) = (limits::CLOCK_RANGE.start(), limits::CLOCK_RANGE.end());
    host.clamp(Timestamp::from_seconds(*first), Timestamp::from_seconds(*last))
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use crate::time::Timestamp;

    fn machine(clock: &Clock, seconds: i64) -> i64 {
        clock.read(Timestamp::from_seconds(seconds)).machine.as_millis() / 1000
    }

    #[test]
    fn runs_with_the_hosts_clock() {
        let clock = Clock::new();
        assert_eq!([1000, 1001, 5000].map(|now| machine(&clock, now)), [1000, 1001, 5000]);
    }

    #[test]
    fn a_step_back_neither_turns_time_back_nor_stops_it() {
        let clock = Clock::new();
        machine(&clock, 100_000);
        assert_eq!(machine(&clock, 50_000), 100_000);
        assert_eq!(machine(&clock, 50_060), 100_060);
        assert_eq!(machine(&clock, 10_000), 100_060, "and again");
        assert_eq!(machine(&clock, 10_001), 100_061);
        assert_eq!(clock.to_host(Timestamp::from_seconds(100_061)), Timestamp::from_seconds(10_001));
    }

    #[test]
    fn a_late_reading_is_no_step() {
        let clock = Clock::new();
        machine(&clock, 1000);
        assert_eq!(machine(&clock, 993), 1000);
        assert_eq!(machine(&clock, 1001), 1001, "nothing was added");
    }

    #[test]
    fn survives_the_ends_of_time() {
        let clock = Clock::new();
        let mut before = i64::MIN;
        for now in [i64::MIN, i64::MAX, i64::MIN, 0, i64::MAX, 1_800_000_000_000, 1_800_000_060_000] {
            let machine = clock.read(Timestamp::from_millis(now)).machine.as_millis();
            assert!(machine >= before, "{now}");
            before = machine;
        }
        assert_eq!(before - clock.read(Timestamp::from_millis(i64::MIN)).machine.as_millis(), 0);
    }

    #[test]
    fn decades_do_not_go_by_between_two_readings() {
        let clock = Clock::new();
        let decade = 3653 * 86_400;
        let now = 1_800_000_000;
        assert_eq!(machine(&clock, now), now);
        assert_eq!([1, 2, 3].map(|decades| machine(&clock, now + decades * decade)), [now; 3]);
        assert_eq!(machine(&clock, now + 3 * decade + 60), now + 60, "and it goes on from there");
        assert_eq!(clock.peek(Timestamp::from_seconds(now + 9 * decade)).machine, Timestamp::from_seconds(now + 60));
        assert_eq!(machine(&clock, now), now + 60, "set right again");
        assert_eq!(machine(&clock, now + 365 * 86_400), now + 60 + 365 * 86_400, "a year can go by");
    }

    #[test]
    fn converts_both_ways() {
        let clock = Clock::new();
        machine(&clock, 9000);
        let moment = clock.read(Timestamp::from_seconds(4000));
        let later = Timestamp::from_seconds(9100);
        assert_eq!(moment.to_host(later), Timestamp::from_seconds(4100));
        assert_eq!(moment.to_machine(moment.to_host(later)), later);
    }
}
