//! What is told while a scenario is played: the names of events to a listener, and warnings through `tracing`.

use jotgate_http::Event as Happened;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Listens for the target of the crate.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    events: Vec<String>,
    warnings: Vec<String>,
}

impl Told {
    pub(crate) fn take_events(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).events)
    }

    /// Hears what happens to key sets. Refusals are the verdicts of steps.
    pub(crate) fn listener(&self) -> impl Fn(&Happened<'_>) + Send + Sync + 'static + use<> {
        let heard = Arc::clone(&self.0);
        move |event| {
            let Happened::KeySets(event) = event else { return };
            let json = serde_json::to_value(event).unwrap_or_default();
            let name = json["event"].as_str().unwrap_or_default().to_owned();
            heard.lock().unwrap_or_else(PoisonError::into_inner).events.push(name);
        }
    }

    pub(crate) fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).warnings)
    }
}

impl Subscriber for Told {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "jotgate"
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What it is told of stores is no step's concern.
        if !fields.has_error && *event.metadata().level() == Level::WARN {
            heard.warnings.push(fields.message);
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Fields {
    message: String,
    has_error: bool,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => _ = write!(self.message, "{value:?}"),
            "error" => self.has_error = true,
            _ => {}
        }
    }
}
