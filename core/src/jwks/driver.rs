//! Key sets as a host's driver sees them: work is given out, and what came of it is reported.

use super::key_sets::KeySets;
use super::saves::Saves;
use super::snapshot::SnapshotError;
use super::work::{Report, Work, WorkId};
use crate::time::Timestamp;
use std::sync::atomic::Ordering;

impl KeySets {
    /// Asked after each verdict, so it costs loads and takes no lock.
    pub(crate) fn work_due(&self, now: Timestamp) -> bool {
        let machine = self.clock.read(now).machine;
        self.untaken.load(Ordering::SeqCst) > 0
            || self.due_at.load(Ordering::SeqCst) <= machine.as_millis()
            || self.saves_due_at().is_some_and(|due| due <= machine)
    }

    /// Fetches go before saves: somebody may wait for them.
    pub(crate) fn poll_work(&self, now: Timestamp) -> Option<Work> {
        let moment = self.clock.read(now);
        let work = self.sources.iter().find_map(|(_, source)| source.poll(moment));
        self.note_all_due();
        work.or_else(|| {
            let (id, timeout) = self.saves.as_ref()?.poll(moment.machine)?;
            Some(Work::Save { id, timeout, text: self.export() })
        })
    }

    /// For hosts with timers. Nobody has to wake up: the next verdict does.
    pub(crate) fn next_wakeup(&self) -> Option<Timestamp> {
        let due_at = Some(self.due_at.load(Ordering::SeqCst)).filter(|due| *due != i64::MAX);
        let due_at = due_at.map(Timestamp::from_millis).into_iter().chain(self.saves_due_at()).min();
        due_at.map(|due| self.clock.to_host(due))
    }

    fn saves_due_at(&self) -> Option<Timestamp> {
        self.saves.as_ref().and_then(Saves::due_at)
    }

    /// Takes in how a piece of work ended. What is no more out, or is of another kind than the report, changes nothing.
    pub(crate) fn report(&self, id: WorkId, report: Report<'_>, now: Timestamp) -> Result<(), SnapshotError> {
        let moment = self.clock.read(now);
        let (place, sequence) = id.parts();
        let source = usize::try_from(place).ok().and_then(|place| self.sources.get(place)).map(|(_, source)| source);
        let Some(source) = source else {
            if let Some(saves) = self.saves.as_ref().filter(|_| place == Saves::PLACE) {
                saves.ended(sequence, matches!(report, Report::Saved), moment.machine);
            }
            return Ok(());
        };
        let taken = match report {
            Report::Fetched(response) => {
                if source.complete(sequence, response, moment)
                    && let Some(saves) = &self.saves
                {
                    saves.brought(moment.machine);
                }
                Ok(())
            }
            Report::Loaded(text) => self.settle(source, sequence, text, now),
            Report::Failed { failure, cause } => {
                source.fail(sequence, failure, cause, moment);
                Ok(())
            }
            Report::Saved => Ok(()),
        };
        // What was out may have been the next to be due, as lost.
        self.note_all_due();
        taken
    }

    /// In a child process nobody runs what the parent has out, so it is out anew here.
    pub(crate) fn reissue_work(&self, now: Timestamp) {
        let moment = self.clock.read(now);
        for (_, source) in &self.sources {
            source.reissue(moment);
            self.note_due(source);
        }
        if let Some(saves) = &self.saves {
            saves.reissue(moment.machine);
        }
    }
}
