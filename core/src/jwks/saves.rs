//! What the store that processes share lacks: one save at a time, and the newest set last.

use super::work::WorkId;
use crate::limits;
use crate::time::Timestamp;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::time::Duration;

/// The saves of one validator. A state is swapped as a whole, so that no lock can outlive a fork.
#[derive(Debug, Default)]
pub(crate) struct Saves {
    state: ArcSwap<State>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Since when a fetch has brought or confirmed a set that no save has.
    due: Option<Timestamp>,
    /// The save that is out, and when it must have been reported.
    out: Option<(u32, Timestamp)>,
    last_sequence: u32,
    /// The first save that has all that is known now; those before it have older sets.
    newest_from: u32,
}

impl Saves {
    /// The upper half of the ids of saves: no policy has as many sources.
    pub(crate) const PLACE: u32 = u32::MAX;

    /// A fetch has brought or confirmed a set.
    pub(crate) fn brought(&self, now: Timestamp) {
        self.change(|state| {
            let newest_from = state.last_sequence.saturating_add(1);
            ((), State { due: state.due.or(Some(now)), newest_from, ..state })
        });
    }

    /// When there is a save to be given out.
    pub(crate) fn due_at(&self) -> Option<Timestamp> {
        self.state.load().due_at()
    }

    /// A save to be given out, which may take so long. One that is out for too long counts as lost.
    pub(crate) fn poll(&self, now: Timestamp, timeout: Duration) -> Option<WorkId> {
        let is_due = |state: &State| state.due_at().is_some_and(|due| due <= now);
        if !is_due(&self.state.load()) {
            return None;
        }
        let sequence = self.change(|state| {
            if !is_due(&state) {
                return (None, state);
            }
            let sequence = state.last_sequence.saturating_add(1);
            let lost_at = now.after(timeout).after(limits::WORK_GRACE);
            (Some(sequence), State { due: None, out: Some((sequence, lost_at)), last_sequence: sequence, ..state })
        });
        sequence.map(|sequence| WorkId::new(Self::PLACE, sequence))
    }

    /// A save has ended. One that was given up and comes to its end nevertheless has laid its text on top of whatever came
    /// after it: when that is newer, it has to be saved once more.
    pub(crate) fn ended(&self, sequence: u32, saved: bool, now: Timestamp) {
        self.change(|state| {
            let ended = state.out.is_some_and(|(out, _)| out == sequence);
            let older = (1..state.newest_from).contains(&sequence) && sequence <= state.last_sequence;
            let covers = saved && !ended && older;
            let out = if ended { None } else { state.out };
            ((), State { due: state.due.or(covers.then_some(now)), out, ..state })
        });
    }

    /// Whoever was saving is not here: a child process saves anew.
    pub(crate) fn reissue(&self, now: Timestamp) {
        self.change(|state| ((), State { due: state.due.or(state.out.map(|_| now)), out: None, ..state }));
    }

    fn change<R>(&self, step: impl Fn(State) -> (R, State)) -> R {
        let mut current = self.state.load();
        loop {
            let (result, next) = step(**current);
            let previous = self.state.compare_and_swap(&*current, Arc::new(next));
            if Arc::ptr_eq(&previous, &current) {
                return result;
            }
            current = previous;
        }
    }
}

impl State {
    /// One is out at a time; one that is out for too long counts as lost.
    fn due_at(&self) -> Option<Timestamp> {
        let due = self.due?;
        Some(self.out.map_or(due, |(_, lost_at)| due.max(lost_at)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Saves, Timestamp, WorkId};
    use std::time::Duration;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    fn polled(saves: &Saves, second: i64) -> Option<u32> {
        saves.poll(at(second), Duration::from_secs(10)).map(|id: WorkId| id.parts().1)
    }

    #[test]
    fn one_is_out_at_a_time_and_the_newest_is_last() {
        let saves = Saves::default();
        assert_eq!(polled(&saves, 0), None);
        saves.brought(at(0));
        assert_eq!((polled(&saves, 0), polled(&saves, 0)), (Some(1), None));
        saves.brought(at(0));
        assert_eq!(polled(&saves, 1), None, "the first is out");
        saves.ended(1, true, at(0));
        assert_eq!((polled(&saves, 2), polled(&saves, 2)), (Some(2), None));
        saves.ended(2, false, at(0));
        assert_eq!(polled(&saves, 3), None, "a store that fails is not asked again for the same set");
    }

    #[test]
    fn one_that_hangs_is_given_up_and_its_late_text_does_not_stay() {
        let saves = Saves::default();
        saves.brought(at(0));
        assert_eq!(polled(&saves, 0), Some(1));
        saves.brought(at(0));
        assert_eq!((polled(&saves, 11), polled(&saves, 12)), (None, Some(2)));
        saves.ended(2, true, at(0));
        saves.ended(1, true, at(0));
        assert_eq!(polled(&saves, 13), Some(3), "the older text lies on top");
        saves.ended(1, true, at(0));
        saves.ended(3, true, at(0));
        assert_eq!(polled(&saves, 14), Some(4));
        saves.ended(4, true, at(0));
        saves.ended(2, true, at(0));
        assert_eq!(polled(&saves, 15), None, "its text is the newest there is");
    }

    /// A text that is not over its time yet covers nothing, and a report for nobody neither.
    #[test]
    fn only_an_older_text_is_covered_again() {
        let saves = Saves::default();
        saves.ended(1, true, at(0));
        saves.ended(u32::MAX, true, at(0));
        assert_eq!(polled(&saves, 0), None, "nothing was ever out");
        saves.brought(at(0));
        assert_eq!(polled(&saves, 0), Some(1));
        saves.ended(1, false, at(0));
        saves.ended(1, true, at(0));
        saves.ended(2, true, at(0));
        saves.ended(0, true, at(0));
        assert_eq!(polled(&saves, 0), None, "it came late, and nothing newer is there");
    }

    #[test]
    fn tells_when_there_is_one() {
        let saves = Saves::default();
        assert_eq!(saves.due_at(), None);
        saves.brought(at(3));
        assert_eq!(saves.due_at(), Some(at(3)));
        assert_eq!(polled(&saves, 4), Some(1));
        assert_eq!(saves.due_at(), None, "what is out is not given out again");
        saves.brought(at(5));
        assert_eq!(saves.due_at(), Some(at(16)), "when the first is lost");
    }

    #[test]
    fn one_that_was_never_given_out_changes_nothing() {
        let saves = Saves::default();
        for sequence in [0, 1, u32::MAX] {
            saves.ended(sequence, true, at(0));
        }
        assert_eq!(polled(&saves, 0), None);
    }

    #[test]
    fn a_child_process_saves_what_its_parent_was_saving() {
        let saves = Saves::default();
        saves.brought(at(0));
        assert_eq!(polled(&saves, 0), Some(1));
        saves.reissue(at(0));
        assert_eq!(polled(&saves, 0), Some(2));
    }
}
