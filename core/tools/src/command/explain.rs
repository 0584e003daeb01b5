//! `jotgate explain`.

use super::output::{CommandOutput, EXIT_REJECTED, EXIT_UNAVAILABLE, Screen};
use crate::store::JavaStores;
use jotgate::{FetchRequest, Policy, PolicyError, Question, Timestamp, Validator, Verdict, Work};
use std::collections::VecDeque;

/// An explanation on its way: keys are fetched first, one URL after the other.
#[derive(Debug)]
pub(super) struct Explaining {
    pub(super) validator: Validator,
    token: Vec<u8>,
    as_of: Option<Timestamp>,
    json: bool,
    fetches: VecDeque<FetchRequest>,
}

impl Explaining {
    pub(super) fn new(document: &str, as_of: Option<Timestamp>, json: bool) -> Result<Self, PolicyError> {
        // Nobody can be asked about clients here; the explanation says that the host is.
        let validator = Validator::new(Policy::from_json_with(document, &JavaStores)?, 0).with_client_lookup();
        Ok(Self { validator, token: Vec::new(), as_of, json, fetches: VecDeque::new() })
    }

    /// The token without the white space around it, which comes with files and pipes.
    pub(super) fn with_token(self, token: &[u8]) -> Self {
        Self { token: token.trim_ascii().to_vec(), ..self }
    }

    /// A fetch that the verdict needs.
    pub(super) fn fetch(&mut self, now: Timestamp) -> Option<FetchRequest> {
        if self.fetches.is_empty()
            && let Verdict::KeysNeeded(_) = self.validator.validate(self.question(now), now)
        {
            let work = std::iter::from_fn(|| self.validator.poll_work(now));
            self.fetches.extend(work.filter_map(|work| match work {
                Work::Fetch(request) => Some(request),
                // There is no store to load from or to save to.
                _ => None,
            }));
        }
        self.fetches.pop_front()
    }

    fn question(&self, now: Timestamp) -> Question<'_> {
        Question::token(&self.token).as_of(self.as_of.unwrap_or(now))
    }

    pub(super) fn output(&self, screen: Screen, now: Timestamp) -> CommandOutput {
        let explanation = self.validator.explain(self.question(now), now);
        let stdout = match self.json {
            true => explanation.to_json() + "\n",
            false => explanation.to_text(screen.colour),
        };
        let exit = match explanation.verdict {
            "accepted" => 0,
            "unavailable" => EXIT_UNAVAILABLE,
            _ => EXIT_REJECTED,
        };
        CommandOutput { stdout, exit, ..CommandOutput::default() }
    }
}
