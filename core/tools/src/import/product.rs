//! The table of gateways whose policies are read: a gateway is a folder beside this file and an entry here.

use super::error::ImportError;
use super::files::Files;
use super::notes::Import;
use super::templates::Templates;
use super::{mulesoft, wso2};

macro_rules! products {
    ($($(#[$doc:meta])+ $product:ident = $number:literal, $name:literal, $title:literal, $source:literal, $files:expr, $read:path;)+) => {
        /// A gateway whose policies are read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Product {
            $($(#[$doc])+ $product,)+
        }

        impl Product {
            /// All of them, by their numbers.
            pub const ALL: &[Self] = &[$(Self::$product,)+];

            /// The number in interfaces that have no names, from 1 on. It never changes.
            #[must_use]
            pub fn number(self) -> u32 {
                match self { $(Self::$product => $number,)+ }
            }

            /// The name at a command line and in every language, such as `mulesoft`. It never changes.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$product => $name,)+ }
            }

            /// The name as its maker writes it.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$product => $title,)+ }
            }

            /// What text is read, in a few words.
            #[must_use]
            pub fn source(self) -> &'static str {
                match self { $(Self::$product => $source,)+ }
            }

            /// What further files the text may name, in a few words; `None` when it names none.
            #[must_use]
            pub fn files(self) -> Option<&'static str> {
                match self { $(Self::$product => $files,)+ }
            }

            /// `text` has marks where its templates were.
            pub(super) fn read(
                self, text: &str, templates: &Templates<'_>, files: &mut Files<'_>,
            ) -> Result<Import, ImportError> {
                match self { $(Self::$product => $read(text, templates, files),)+ }
            }
        }
    };
}

products! {
    /// The JWT validation policy of MuleSoft: the YAML of Flex Gateway (`PolicyBinding`, or an `ApiInstance` with the policy
    /// in it) or the JSON of API Manager (one policy, or a list with one JWT policy in it).
    ///
    /// MuleSoft checks no issuer, so the document says `issuer: any`, and its client ids are looked up by the host
    /// (`client_id.allowed: host`) unless the source skips that.
    MuleSoft = 1, "mulesoft", "MuleSoft", "the YAML of Flex Gateway or the JSON of API Manager", None, mulesoft::import;
    /// The issuers of a `deployment.toml` of WSO2 API Manager, and what else of it is about tokens.
    ///
    /// An issuer without `jwks.url` is verified by certificates of the trust store that the text names, which is a further
    /// file.
    Wso2 = 2, "wso2", "WSO2 API Manager", "the deployment.toml of API Manager", Some("the trust store"), wso2::import;
}

impl Product {
    /// The product of this name, such as `mulesoft`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|product| product.name() == name)
    }

    /// The product of this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|product| product.number() == number)
    }
}
