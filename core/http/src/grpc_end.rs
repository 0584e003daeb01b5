//! When a token ends that opened a stream: the policy says so, which is asked again.

use crate::call::{Either, caught, either};
use crate::jwt::Refusal;
use crate::refused::Refused;
use crate::validator::JwtValidator;
use http::request::Parts;
use jotgate::{Rejection, Timestamp};
use std::time::Duration;
use tokio::sync::watch;

/// What a call is refused with once its token has ended. Whoever has to do with the call waits for it.
#[derive(Clone)]
pub(crate) struct TokenEnd(watch::Receiver<Option<Refusal>>);

impl TokenEnd {
    /// Of a token that passed with this request. It is asked for in a task that ends when nobody waits any more.
    pub(crate) fn of(validator: JwtValidator, parts: Parts, expires_at: f64) -> Self {
        let (sender, receiver) = watch::channel(None);
        tokio::spawn(async move {
            let refused = match either(caught(refused(&validator, &parts, expires_at)), sender.closed()).await {
                Either::First(Some(refused)) => refused,
                // A clock of the application's may panic, and nobody would ask any more.
                Either::First(None) => {
                    Rejection::internal_error("nobody could say whether the token still passes").into()
                }
                Either::Second(()) => return,
            };
            sender.send_replace(Some(Refusal::by(&validator, refused)));
        });
        Self(receiver)
    }

    /// Waits for it.
    pub(crate) async fn refusal(mut self) -> Refusal {
        let refusal = self.0.wait_for(Option::is_some).await.ok().and_then(|refusal| refusal.clone());
        match refusal {
            Some(refusal) => refusal,
            // The runtime ends, and the call with it.
            None => std::future::pending().await,
        }
    }
}

/// Asks once the time of the token is over, and again until it is refused: leeway and revocation are the policy's.
async fn refused(validator: &JwtValidator, parts: &Parts, expires_at: f64) -> Refused {
    #[expect(clippy::cast_possible_truncation, reason = "beyond the range is the end of time")]
    let end = Timestamp::from_millis((expires_at * 1000.0) as i64);
    let left = || Some(end.since(validator.driver().now())).filter(|left| !left.is_zero());
    loop {
        tokio::time::sleep(left().map_or(AGAIN, |left| left.min(DAY))).await;
        // The time of tokio is not the validator's.
        if left().is_some() {
            continue;
        }
        if let Err(refused) = validator.validate_parts(parts).await {
            return refused;
        }
    }
}

/// Between two questions within a leeway.
const AGAIN: Duration = Duration::from_secs(1);

/// Timers do not go further than two years.
const DAY: Duration = Duration::from_secs(86_400);
