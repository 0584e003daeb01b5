//! Key sets that stay fresh: the state machine. Pure data in, data out; a host does the fetches.

mod caching;
mod cause;
mod clock;
mod counters;
mod errand;
mod event;
mod health;
mod held;
mod key_sets;
mod latest;
mod ledger;
mod line;
mod metadata;
mod origin;
mod problem;
mod random;
mod replacing;
mod refetches;
mod saves;
mod settings;
mod snapshot;
mod source;
mod state;
mod transfer;
mod driver;
mod work;

pub use event::{Event, EventKind};
pub use health::{CacheHealth, Health, IssuerHealth, LenientKey, SkippedKey, SourceHealth, SourceState};
pub(crate) use key_sets::{AtHand, KeySets, Plan};
pub(crate) use origin::Origin;
pub use problem::{FetchFailure, Problem};
pub(crate) use settings::{Location, Places, Settings};
pub use snapshot::SnapshotError;
pub(crate) use state::Need;
pub use work::{FetchRequest, FetchResponse, Report, Work, WorkFailure, WorkId};
