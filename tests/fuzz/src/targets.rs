//! The table of targets.

use crate::{documents, key_sets, requests, tokens};

/// Reads the bytes, and ends the program when something that must hold does not.
pub(crate) type Target = fn(&[u8]);

/// Every target by its name, which is also that of its corpus.
pub(crate) const ALL: [(&str, Target); 16] = [
    ("token", tokens::foreign),
    ("signed", tokens::signed),
    ("request", requests::request),
    ("key_set", key_sets::key_set),
    ("metadata", key_sets::metadata),
    ("snapshot", key_sets::snapshot),
    ("policy_json", documents::policy_json),
    ("policy_yaml", documents::policy_yaml),
    ("policy_toml", documents::policy_toml),
    ("expression", documents::expression),
    ("pattern", documents::pattern),
    ("pem", documents::pem),
    ("trust_store", documents::trust_store),
    ("import_mulesoft", documents::import_mulesoft),
    ("import_wso2", documents::import_wso2),
    ("command", documents::command),
];
