//! What a broken issuer answers to those who fetch its key set.

use serde::Serialize;

macro_rules! faults {
    ($( $(#[$doc:meta])+ $variant:ident = $name:literal; )+) => {
        /// How an issuer's key set is broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Fault {
            $( $(#[$doc])+ $variant, )+
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, the same in every language.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The fault of a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

faults! {
    /// A page of HTML with status 200: the login page of a proxy.
    Html = "html";
    /// A key set without a key.
    Empty = "empty";
    /// Other keys under the names of the right ones.
    WrongKey = "wrong_key";
    /// Status 500.
    Error = "error";
    /// Status 404.
    Gone = "gone";
    /// No answer within the time that the policy gives it.
    Slow = "slow";
    /// No connection.
    Unreachable = "unreachable";
}

/// What the issuer answers to a GET.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Served {
    /// The status; `None` where no answer comes: then `fault` says why.
    pub status: Option<u16>,
    /// The header field of this name.
    pub content_type: String,
    /// The body.
    pub body: String,
    /// What is broken, by its name.
    pub fault: Option<&'static str>,
}

impl Served {
    pub(crate) fn json(body: String) -> Self {
        Self { status: Some(200), content_type: "application/json".to_owned(), body, fault: None }
    }

    /// What `fault` makes of an answer; `strangers` is the set with the wrong keys.
    pub(crate) fn broken(fault: Fault, strangers: String) -> Self {
        let (status, content_type, body) = match fault {
            Fault::Html => (Some(200), "text/html", "<!doctype html><title>Sign in</title>".to_owned()),
            Fault::Empty => (Some(200), "application/json", r#"{"keys":[]}"#.to_owned()),
            Fault::WrongKey => (Some(200), "application/json", strangers),
            Fault::Error => (Some(500), "text/plain", "internal server error".to_owned()),
            Fault::Gone => (Some(404), "text/plain", "not found".to_owned()),
            Fault::Slow | Fault::Unreachable => (None, "", String::new()),
        };
        Self { status, content_type: content_type.to_owned(), body, fault: Some(fault.name()) }
    }
}
