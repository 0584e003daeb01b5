//! The validator of an application on tokio.

use crate::driver::{Closed, Driver};
use crate::metrics::Metrics;
use crate::refused::Refused;
use crate::ruling::Ruling;
use jotgate::{
    Answer, Explanation, Forward, Health, Policy, PolicyError, Question, Rejection, Request, RequestParts, Requirement,
    SnapshotError, Timestamp, Verdict, Verified,
};
use std::fmt;
use std::sync::{Arc, PoisonError};

/// Validates tokens and requests against one policy. Key sets are fetched when they are needed, once for all who wait, kept fresh
/// beside validations, and serve on while an issuer is down.
///
/// Clones share everything. When the last one is dropped, its tasks end.
///
/// ```
/// # #[cfg(feature = "reqwest")]
/// # async fn run(token: &str) -> Result<(), Box<dyn std::error::Error>> {
/// use jotgate_http::JwtValidator;
///
/// let validator = JwtValidator::new("https://idp.example.com/", "https://api.example.com")?;
/// match validator.validate(token).await {
///     Ok(verified) => println!("hello {:?}", verified.claims().subject()),
///     Err(refused) => println!("{}: {refused}", validator.answer(&refused).status),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct JwtValidator {
    life: Arc<Life>,
}

/// The end of this is the end of the validator. Tasks hold the driver alone.
struct Life {
    driver: Arc<Driver>,
}

impl JwtValidator {
    pub(crate) fn of(driver: Driver) -> Self {
        Self { life: Arc::new(Life { driver: Arc::new(driver) }) }
    }

    /// Judges by another policy from now on. Validations that have begun end under the policy before; later ones see this one alone.
    ///
    /// Key sets of sources whose place and options are the same stay, with their age and their pauses after failures; others are
    /// fetched when they are needed. Hooks, fetcher, store and clock stay. Compile the policy first: a bad document changes nothing.
    ///
    /// # Errors
    ///
    /// The policy leaves it to the application which clients are allowed, and there is no client look-up. Nothing has changed then.
    pub fn replace(&self, policy: Policy) -> Result<(), PolicyError> {
        let driver = self.driver();
        {
            let _one = driver.replacing.lock().unwrap_or_else(PoisonError::into_inner);
            let before = driver.ruling();
            let policy = if before.looks_clients_up() { policy } else { policy.without_client_lookup()? };
            driver.ruling.store(Arc::new(before.replaced(policy, driver.now()).into()));
        }
        driver.tell_events();
        Ok(())
    }

    /// What the token says, when it may pass. It is a compact JWS without the `Bearer` in front.
    ///
    /// # Errors
    ///
    /// It may not, or nobody can say.
    pub async fn validate(&self, token: &str) -> Result<Verified, Refused> {
        match self.decide(token).await? {
            Some(verified) => Ok(verified),
            None => Err(Rejection::internal_error("a token was let through without being looked at").into()),
        }
    }

    /// What the request's token says, when the request may pass; `None` where the policy asks for no token.
    ///
    /// # Errors
    ///
    /// It may not, or nobody can say.
    pub async fn validate_request(&self, request: &Request<'_>) -> Result<Option<Verified>, Refused> {
        self.decide(request).await
    }

    /// The answer to any question, such as whether a token could have passed last week ([`Question::as_of`]).
    ///
    /// # Errors
    ///
    /// It may not pass, or nobody can say.
    pub async fn decide<'q>(&self, question: impl Into<Question<'q>>) -> Result<Option<Verified>, Refused> {
        self.decide_under(&self.ruling(), question.into()).await
    }

    /// As [`JwtValidator::decide`], under this policy.
    pub(crate) async fn decide_under(
        &self, ruling: &Ruling, question: Question<'_>,
    ) -> Result<Option<Verified>, Refused> {
        let decided = self.decided(ruling, question).await;
        if let Err(refused) = &decided {
            self.tell_refusal(refused);
        }
        decided
    }

    /// Tells that something was refused, after what there is to tell of the key sets.
    pub(crate) fn tell_refusal(&self, refused: &Refused) {
        let driver = self.driver();
        driver.tell_events();
        driver.telling.tell_refusal(refused, driver.now());
    }

    async fn decided(&self, ruling: &Ruling, question: Question<'_>) -> Result<Option<Verified>, Refused> {
        let driver = self.driver();
        let insisted = driver.insist(ruling, |core, now| core.validate(question, now)).await;
        let (verdict, now) = insisted.map_err(|Closed| Refused::Closed)?;
        self.settled(verdict, now).await
    }

    /// What a verdict of the core's comes to, once the application has answered what it was asked.
    pub(crate) async fn settled(&self, mut verdict: Verdict, now: Timestamp) -> Result<Option<Verified>, Refused> {
        loop {
            verdict = match verdict {
                Verdict::Accepted(verified) => return Ok(Some(verified)),
                Verdict::Skipped(_) => return Ok(None),
                Verdict::Rejected(rejection) => return Err(rejection.into()),
                Verdict::KeysUnavailable(unavailable) => {
                    let retry_after = unavailable.retry_at.since(now);
                    return Err(Refused::KeysUnavailable { unavailable: Box::new(unavailable), retry_after });
                }
                Verdict::Undecided(undecided) => {
                    let answer = self.driver().hooks.answer(&undecided).await;
                    undecided.answer(answer)
                }
                _ => return Err(Rejection::internal_error("a verdict that this crate does not know").into()),
            };
        }
    }

    /// The HTTP answer to what was refused, as the policy's `responses` says.
    #[must_use]
    pub fn answer(&self, refused: &Refused) -> Answer {
        self.ruling().answer(&refused.denial())
    }

    /// As [`JwtValidator::answer`], for an endpoint that asks for something itself: where a scope lacks, the challenge names those of
    /// the endpoint too.
    #[must_use]
    pub fn answer_with(&self, refused: &Refused, requirement: &Requirement) -> Answer {
        self.ruling().answer_with(&refused.denial(), requirement)
    }

    /// Whether a token that was accepted is what an endpoint asks for.
    ///
    /// # Errors
    ///
    /// It is not, for a reason that a route of the policy could have.
    pub fn require(&self, verified: &Verified, requirement: &Requirement) -> Result<(), Refused> {
        let required = self.ruling().require(verified, requirement).map_err(Refused::from);
        required.inspect_err(|refused| self.tell_refusal(refused))
    }

    /// How a request changes before it goes on to an application behind; `None` where the policy changes none. Ask for requests that
    /// were let through without a token as well.
    #[must_use]
    pub fn forward(&self, verified: Option<&Verified>, request: &Request<'_>) -> Option<Forward> {
        let ruling = self.ruling();
        ruling.forwards.then(|| ruling.forward(verified, request))
    }

    /// Whether the policy changes requests at all.
    #[must_use]
    pub fn forwards(&self) -> bool {
        self.ruling().forwards
    }

    /// Which parts of requests the policy reads, beside method and path.
    #[must_use]
    pub fn reads(&self) -> RequestParts {
        self.ruling().reads.clone()
    }

    /// Each check in its order, with what was expected and what was found. Keys are fetched as by a validation where there are none.
    /// It shows claims: keep it from whoever sent the token. It tells of the policy alone, and asks neither hooks nor listeners.
    pub async fn explain<'q>(&self, question: impl Into<Question<'q>>) -> Explanation {
        let (ruling, question) = (self.ruling(), question.into());
        let explanation = ruling.explain(question, self.driver().now());
        if explanation.verdict != "unavailable" {
            return explanation;
        }
        drop(self.driver().insist(&ruling, |core, now| core.validate(question, now)).await);
        ruling.explain(question, self.driver().now())
    }

    /// How the key sets are, for health checks: `ready` is what a readiness probe asks. It turns into JSON by `serde`.
    #[must_use]
    pub fn health(&self) -> Health {
        self.ruling().health(self.driver().now())
    }

    /// What has happened so far, with [`JwtValidator::health`]: numbers for a metrics page, under the names that all languages have.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.driver().tell_events();
        Metrics::of(self.health(), &self.driver().telling.counters)
    }

    /// Starts a fetch of every key set, pauses after failures aside, and waits for none: for warming up, or when keys were revoked.
    /// Outside of a runtime, and without [`Builder::runtime`](crate::Builder::runtime), the next validation starts them.
    pub fn refresh_keys(&self) {
        self.ruling().refresh_keys();
        self.driver().start_due(self.driver().now());
    }

    /// The fetched key sets as text, for [`JwtValidator::import_keys`] of a later process. Whoever can change it can make tokens
    /// pass: store it like the policy.
    #[must_use]
    pub fn export_keys(&self) -> String {
        self.ruling().export_keys()
    }

    /// Begins with key sets that [`JwtValidator::export_keys`] wrote; for how many sources that was of use.
    ///
    /// # Errors
    ///
    /// The text is no snapshot that can be taken in. Nothing has changed then.
    pub fn import_keys(&self, snapshot: &str) -> Result<usize, SnapshotError> {
        self.ruling().import_keys(snapshot, self.driver().now())
    }

    /// Ends all fetches and every validation that waits for one. From now on everything is [`Refused::Closed`]. Dropping the last
    /// clone does the same.
    pub fn shutdown(&self) {
        self.driver().close();
    }

    /// When the core wants to be asked for work next, which is for tests: nobody has to wake up.
    #[doc(hidden)]
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.ruling().next_wakeup()
    }

    /// The policy that holds now.
    pub(crate) fn ruling(&self) -> Arc<Ruling> {
        self.driver().ruling()
    }

    pub(crate) fn driver(&self) -> &Arc<Driver> {
        &self.life.driver
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.driver.close();
    }
}

/// Shows nothing of the policy: it may hold secrets.
impl fmt::Debug for JwtValidator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtValidator").finish_non_exhaustive()
    }
}
