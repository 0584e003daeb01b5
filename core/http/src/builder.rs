//! Making a validator: the policy, and what the application brings.

use crate::call::BoxError;
use crate::driver::Driver;
use crate::event::{Event, Listener};
use crate::fetch::{AnyFetcher, Fetcher};
use crate::hooks::Hooks;
use crate::store::{AnyStore, KeyStore};
use crate::telling::Telling;
use crate::timing::{Timing, TokioTiming};
use crate::under_way::UnderWay;
use crate::validator::JwtValidator;
use arc_swap::ArcSwap;
use jotgate::{Policy, PolicyError, Timestamp, Undecided, Validator};
use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Mutex;
use std::time::SystemTime;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Makes a [`JwtValidator`]. Everything but the policy may be left out.
#[must_use = "a builder that is not built validates nothing"]
pub struct Builder {
    policy: Policy,
    hooks: Hooks,
    fetcher: Option<Box<dyn AnyFetcher>>,
    store: Option<Box<dyn AnyStore>>,
    clock: Option<Box<dyn Fn() -> Timestamp + Send + Sync>>,
    timing: Option<Box<dyn Timing>>,
    runtime: Option<Handle>,
    listener: Option<Listener>,
    batch_threads: usize,
}

/// The policy for the tokens of one issuer, whose key set is found by its metadata.
///
/// # Errors
///
/// The issuer is no `https` URL, or one of the two is empty.
pub fn issuer_policy(issuer: &str, audience: &str) -> Result<Policy, PolicyError> {
    let document = serde_json::json!({ "version": 1, "issuers": [{ "issuer": issuer, "audience": audience }] });
    Policy::from_json(&document.to_string())
}

impl JwtValidator {
    /// For the tokens of one issuer, whose key set is found by its metadata.
    ///
    /// # Errors
    ///
    /// The issuer is no `https` URL, or one of the two is empty.
    #[cfg(feature = "reqwest")]
    pub fn new(issuer: &str, audience: &str) -> Result<Self, PolicyError> {
        Self::builder(issuer_policy(issuer, audience)?).build()
    }

    /// For any policy, and with the application's own functions.
    pub fn builder(policy: Policy) -> Builder {
        Builder::new(policy)
    }
}

impl Builder {
    fn new(policy: Policy) -> Self {
        Self {
            policy,
            hooks: Hooks::default(),
            fetcher: None,
            store: None,
            clock: None,
            timing: None,
            runtime: None,
            listener: None,
            batch_threads: 0,
        }
    }

    /// Fetches key sets in place of the default one, which the feature `reqwest` brings.
    pub fn fetcher(mut self, fetcher: impl Fetcher) -> Self {
        self.fetcher = Some(Box::new(fetcher));
        self
    }

    /// Shares key sets with other processes.
    pub fn store(mut self, store: impl KeyStore) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Says whether the application knows the client of this id, where the policy leaves that to it (`allowed: host`). `false`, an
    /// error and a panic refuse the token with `client_not_allowed`.
    pub fn client_lookup<F, Said, E>(mut self, look_up: F) -> Self
    where
        F: Fn(&str, &Undecided) -> Said + Send + Sync + 'static,
        Said: Future<Output = Result<bool, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.hooks.client_lookup = Some(Box::new(move |id, token| {
            let said = look_up(id, token);
            Box::pin(async { said.await.map_err(Into::into) })
        }));
        self
    }

    /// Says of each token that the policy lets pass whether it was revoked: `true` refuses it with `revoked`, an error and a panic with
    /// `internal_error`.
    pub fn revocation_check<F, Said, E>(mut self, is_revoked: F) -> Self
    where
        F: Fn(&Undecided) -> Said + Send + Sync + 'static,
        Said: Future<Output = Result<bool, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.hooks.revocation_check = Some(Box::new(move |token| {
            let said = is_revoked(token);
            Box::pin(async { said.await.map_err(Into::into) })
        }));
        self
    }

    /// Is told of everything that happens to the key sets, and of every token and request that is refused: for counters and logs of
    /// the application's. It is called on the way of validations, so it must not block; what it panics with is lost. See
    /// [`Event::to_json`](crate::Event::to_json).
    pub fn on_event(mut self, listener: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// The most threads that [`JwtValidator::validate_many`] uses at once. Default: one for each processor.
    pub fn batch_threads(mut self, threads: usize) -> Self {
        self.batch_threads = threads;
        self
    }

    /// Tells the time in place of the system's clock.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Some(Box::new(move || clock().into()));
        self
    }

    /// Where fetches and the functions of a store run; without it, on the runtime of the task that needs them. It must have timers and
    /// I/O enabled. With it, validations may wait anywhere, also outside of tokio.
    pub fn runtime(mut self, runtime: Handle) -> Self {
        self.runtime = Some(runtime);
        self
    }

    /// In place of the time that passes: for the scenarios that the driver is tested with.
    #[doc(hidden)]
    pub fn timing(mut self, timing: impl Timing) -> Self {
        self.timing = Some(Box::new(timing));
        self
    }

    /// The validator. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// The policy leaves it to the application which clients are allowed, and there is no [`Builder::client_lookup`]; or nothing
    /// could fetch, because the feature `reqwest` is off and there is no [`Builder::fetcher`].
    pub fn build(self) -> Result<JwtValidator, PolicyError> {
        let looks_up = self.hooks.client_lookup.is_some();
        let policy = if looks_up { self.policy } else { self.policy.without_client_lookup()? };
        let mut core = Validator::new(policy, seed());
        if looks_up {
            core = core.with_client_lookup();
        }
        if self.hooks.revocation_check.is_some() {
            core = core.with_revocation_check();
        }
        if self.store.is_some() {
            core = core.with_store();
        }
        let clock = self.clock.unwrap_or_else(|| Box::new(|| SystemTime::now().into()));
        Ok(JwtValidator::of(Driver {
            telling: Telling::new(&core, clock(), self.listener),
            batch_threads: self.batch_threads,
            ruling: ArcSwap::from_pointee(core.into()),
            replacing: Mutex::default(),
            hooks: self.hooks,
            fetcher: match self.fetcher {
                Some(fetcher) => fetcher,
                None => default_fetcher()?,
            },
            store: self.store,
            clock,
            timing: self.timing.unwrap_or_else(|| Box::new(TokioTiming::new(self.runtime.clone()))),
            runtime: self.runtime,
            under_way: UnderWay::default(),
            closing: watch::Sender::new(false),
        }))
    }
}

#[cfg(feature = "reqwest")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature there is none")]
fn default_fetcher() -> Result<Box<dyn AnyFetcher>, PolicyError> {
    Ok(Box::new(crate::client::ReqwestFetcher::default()))
}

#[cfg(not(feature = "reqwest"))]
fn default_fetcher() -> Result<Box<dyn AnyFetcher>, PolicyError> {
    Err(PolicyError::new("", "nothing can fetch key sets")
        .with_hint("give the validator a fetcher, or build with the feature reqwest"))
}

/// A random number of the operating system's, by the way in which the standard library gets at one.
fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Shows nothing of the policy: it may hold secrets.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
