//! Key sets as a host's driver sees them: work is given out, and what came of it is reported.

use super::key_sets::KeySets;
use super::saves::Saves;
use super::snapshot::SnapshotError;
use super::work::{Report, Work, WorkId};
use crate::time::Timestamp;
use std::sync::atomic::Ordering;

impl KeySets {
    pub(crate) fn work_due(&self, now: Timestamp) -> bool {
        let machine = self.clock.read(now).machine;
        self.due_at.load(Ordering::SeqCst) <= machine.as_millis()
            || self.saves.as_ref().is_some_and(|saves| saves.is_due(machine))
    }

    /// Fetches go before saves: somebody may wait for them.
    pub(crate) fn poll_work(&self, now: Timestamp) -> Option<Work> {
        let moment = self.clock.read(now);
        let work = self.sources.iter().find_map(|(_, source)| source.poll(moment));
        // A change at a source that this pass has already looked at lowers the mark again, since it does so after the
        // change; one that it has not looked at yet is seen here.
        self.due_at.store(i64::MAX, Ordering::SeqCst);
        self.sources.iter().for_each(|(_, source)| self.note_due(source));
        work.or_else(|| {
            let (id, timeout) = self.saves.as_ref()?.poll(moment.machine)?;
            Some(Work::Save { id, timeout, text: self.export() })
        })
    }

    pub(crate) fn next_wakeup(&self) -> Option<Timestamp> {
        let due_at = self.due_at.load(Ordering::SeqCst);
        (due_at != i64::MAX).then(|| self.clock.to_host(Timestamp::from_millis(due_at)))
    }

    /// Takes in how a piece of work ended. What is no more out, or is of another kind than the report, changes nothing.
    pub(crate) fn report(&self, id: WorkId, report: Report<'_>, now: Timestamp) -> Result<(), SnapshotError> {
        let moment = self.clock.read(now);
        let (place, sequence) = id.parts();
        let source = usize::try_from(place).ok().and_then(|place| self.sources.get(place)).map(|(_, source)| source);
        let Some(source) = source else {
            if let Some(saves) = self.saves.as_ref().filter(|_| place == Saves::PLACE) {
                saves.ended(sequence, matches!(report, Report::Saved));
            }
            return Ok(());
        };
        let taken = match report {
            Report::Fetched(response) => {
                if source.complete(sequence, response, moment)
                    && let Some(saves) = &self.saves
                {
                    saves.brought();
                }
                Ok(())
            }
            Report::Loaded(text) => self.settle(source, sequence, text, now),
            Report::Failed(failure) => {
                source.fail(sequence, failure, moment);
                Ok(())
            }
            Report::Saved => Ok(()),
        };
        self.note_due(source);
        taken
    }

    pub(crate) fn reissue_work(&self, now: Timestamp) {
        let moment = self.clock.read(now);
        for (_, source) in &self.sources {
            source.reissue(moment);
            self.note_due(source);
        }
        if let Some(saves) = &self.saves {
            saves.reissue();
        }
    }
}
