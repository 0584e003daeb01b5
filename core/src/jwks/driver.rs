//! Key sets as a host's driver sees them: work is given out, and what came of it is reported.

use super::key_sets::KeySets;
use super::saves::Saves;
use super::snapshot::SnapshotError;
use super::work::{FetchRequest, Report, Work, WorkId};
use crate::time::Timestamp;
use std::sync::atomic::Ordering;

impl KeySets {
    /// Asked after each verdict, so it costs loads and takes no lock.
    pub(crate) fn work_due(&self, now: Timestamp) -> bool {
        let machine = self.line.clock.read(now).machine;
        self.line.ledger.untaken.load(Ordering::SeqCst) > 0
            || self.line.due_at.load(Ordering::SeqCst) <= machine.as_millis()
            || self.saves_due_at().is_some_and(|due| due <= machine)
    }

    /// Fetches go before saves: somebody may wait for them.
    pub(crate) fn poll_work(&self, now: Timestamp) -> Option<Work> {
        let moment = self.line.clock.read(now);
        let work = self.line.sources().iter().find_map(|(_, source)| source.poll(moment));
        self.line.note_all_due();
        work.or_else(|| {
            let (saves, timeout) = (self.line.saves()?, self.line.longest());
            let id = saves.poll(moment.machine, timeout)?;
            Some(Work::Save { id, timeout, text: self.export() })
        })
    }

    /// For hosts with timers. Nobody has to wake up: the next verdict does.
    pub(crate) fn next_wakeup(&self) -> Option<Timestamp> {
        let due_at = Some(self.line.due_at.load(Ordering::SeqCst)).filter(|due| *due != i64::MAX);
        let due_at = due_at.map(Timestamp::from_millis).into_iter().chain(self.saves_due_at()).min();
        due_at.map(|due| self.line.clock.to_host(due))
    }

    fn saves_due_at(&self) -> Option<Timestamp> {
        self.line.saves().and_then(Saves::due_at)
    }

    /// The longest body that the answer to this fetch may have; of what is no source's work, the longest of all.
    pub(crate) fn body_limit(&self, id: WorkId) -> usize {
        let (number, _) = id.parts();
        let sources = self.line.sources();
        let source = sources.iter().map(|(_, source)| source).find(|source| source.is_number(number));
        source.map_or(FetchRequest::LONGEST_BODY, |source| source.body_limit())
    }

    /// Takes in how a piece of work ended. What is no more out, or is of another kind than the report, changes nothing.
    pub(crate) fn report(&self, id: WorkId, report: Report<'_>, now: Timestamp) -> Result<(), SnapshotError> {
        let moment = self.line.clock.read(now);
        let (number, sequence) = id.parts();
        let sources = self.line.sources();
        let Some(source) = sources.iter().map(|(_, source)| source).find(|source| source.is_number(number)) else {
            if let Some(saves) = self.line.saves().filter(|_| number == Saves::PLACE) {
                saves.ended(sequence, matches!(report, Report::Saved), moment.machine);
            }
            return Ok(());
        };
        let taken = match report {
            Report::Fetched(response) => {
                if source.complete(sequence, response, moment)
                    && let Some(saves) = self.line.saves()
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
        self.line.note_all_due();
        taken
    }

    /// In a child process nobody runs what the parent has out, so it is out anew here.
    pub(crate) fn reissue_work(&self, now: Timestamp) {
        let moment = self.line.clock.read(now);
        for (_, source) in self.line.sources().iter() {
            source.reissue(moment);
            self.line.note_due(source);
        }
        if let Some(saves) = self.line.saves() {
            saves.reissue(moment.machine);
        }
    }
}
