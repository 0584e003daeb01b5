//! Batches: many tokens in one call. All that have no verdict yet are judged at once, and what they lack is fetched once.

use crate::driver::Driver;
use crate::refused::Refused;
use crate::ruling::Ruling;
use crate::validator::JwtValidator;
use jotgate::{Question, Rejection, Timestamp, Verdict, Verified};
use jotgate_host::validate_many;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

impl JwtValidator {
    /// Validates many tokens: gives for each, in their order, what [`JwtValidator::validate`] gives.
    ///
    /// They are judged on several threads at once ([`Builder::batch_threads`](crate::Builder::batch_threads)), away from the threads of
    /// the runtime where they are many; key sets are fetched once for all of them. Hooks are asked after that, token by token. Giving
    /// the call up ends no fetch.
    ///
    /// ```
    /// # async fn run(validator: jotgate_http::JwtValidator, tokens: Vec<String>) {
    /// let passed = validator.validate_many(&tokens).await.iter().filter(|outcome| outcome.is_ok()).count();
    /// # }
    /// ```
    pub async fn validate_many<T: AsRef<str> + Sync>(&self, tokens: &[T]) -> Vec<Result<Verified, Refused>> {
        let mut batch = Batch {
            ruling: self.ruling(),
            tokens: tokens.iter().map(|token| token.as_ref().into()).collect(),
            open: (0..tokens.len()).collect(),
            verdicts: tokens.iter().map(|_| None).collect(),
        };
        while !batch.open.is_empty() && !self.driver().under_way.is_closed() {
            batch.ask(self.driver()).await;
        }
        let mut outcomes = Vec::with_capacity(tokens.len());
        for verdict in batch.verdicts {
            let outcome = match verdict {
                Some((verdict, now)) => self.settled(verdict, now).await.and_then(|verified| {
                    verified.ok_or_else(|| Rejection::internal_error("a token was not looked at").into())
                }),
                None => Err(Refused::Closed),
            };
            outcomes.push(outcome.inspect_err(|refused| self.tell_refusal(refused)));
        }
        outcomes
    }
}

/// Tokens, and what the core says of them.
struct Batch {
    ruling: Arc<Ruling>,
    tokens: Arc<[Box<str>]>,
    /// Places of those that have no verdict yet.
    open: Vec<usize>,
    verdicts: Vec<Option<(Verdict, Timestamp)>>,
}

impl Batch {
    /// Asks about all that have no verdict yet, and waits for what those lack that have none then.
    async fn ask(&mut self, driver: &Arc<Driver>) {
        let now = driver.now();
        let asked = std::mem::take(&mut self.open);
        let (mut groups, mut patience) = (Vec::new(), Duration::ZERO);
        for (place, verdict) in asked.iter().zip(self.judged(&asked, now, driver.batch_threads).await) {
            if let Verdict::KeysNeeded(needed) = verdict {
                self.open.push(*place);
                patience = patience.max(needed.patience);
                if !groups.contains(&needed.wait_for) {
                    groups.push(needed.wait_for);
                }
            } else if let Some(there) = self.verdicts.get_mut(*place) {
                *there = Some((verdict, now));
            }
        }
        if !groups.is_empty() {
            driver.start_needed(now);
            driver.wait(&groups, patience, now).await;
        } else if self.ruling.work_due(now) {
            driver.start_due(now);
        }
    }

    /// A verdict for each of these. Many are judged on a thread of their own, for the runtime has others to serve.
    async fn judged(&self, places: &[usize], now: Timestamp, threads: usize) -> Vec<Verdict> {
        let (ruling, tokens, places) = (Arc::clone(&self.ruling), Arc::clone(&self.tokens), places.to_vec());
        let count = places.len();
        let judge = move || {
            let tokens = places.iter().filter_map(|place| tokens.get(*place));
            let questions: Vec<Question<'_>> = tokens.map(|token| Question::from(&**token)).collect();
            validate_many(&ruling, &questions, now, threads)
        };
        match Handle::try_current() {
            Ok(runtime) if count > SHORT => runtime.spawn_blocking(judge).await.unwrap_or_else(|_| {
                let ended = || Verdict::Rejected(Rejection::internal_error("the runtime ended during the batch"));
                std::iter::repeat_with(ended).take(count).collect()
            }),
            _ => judge(),
        }
    }
}

/// So many are judged where they are: a thread of their own would cost more than that takes.
const SHORT: usize = 64;
