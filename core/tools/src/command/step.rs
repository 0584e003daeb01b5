//! What the program asks of its host, step by step.

use super::network::Network;
use super::output::CommandOutput;
use jotgate::FetchRequest;

/// What a host does next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandStep {
    /// Reads this file, up to 16 MiB, and calls [`Command::provide`](crate::Command::provide).
    ReadFile {
        /// The path as the user wrote it.
        path: String,
    },
    /// Reads standard input to its end, up to 16 MiB, and calls [`Command::provide`](crate::Command::provide).
    ReadInput,
    /// Reads the next part of this file, or of standard input: what follows on the part before, up to `most` bytes and not 0
    /// unless it is at its end; and calls [`Command::provide`](crate::Command::provide).
    ReadPart {
        /// The path as the user wrote it; `None` for standard input.
        path: Option<String>,
        /// The longest part.
        most: usize,
        /// What to write to standard error before.
        progress: String,
    },
    /// Has the package for columns do the whole audit with the same arguments, and exits as it does; or calls
    /// [`Command::provide`](crate::Command::provide) with any reason, where there is none.
    AuditColumns,
    /// Fetches a key set, and calls [`Command::report`](crate::Command::report); or [`Command::provide`](crate::Command::provide)
    /// with a reason, where a file of `network` cannot be read: `--cacert ca.pem: no such file`.
    Fetch {
        /// The GET, with the time that it may take.
        request: FetchRequest,
        /// What the user says of the network.
        network: Network,
    },
    /// Writes the texts and exits.
    Done(CommandOutput),
}

impl CommandStep {
    /// The step as JSON, for hosts in other languages: `{"step": "read_file", "path": …}`, `{"step": "read_input"}`,
    /// `{"step": "fetch", "id": …, "url": …, "timeout": seconds, "headers": [[name, value]], "max_body": bytes,
    /// "network": {"cacert": …, "cert": …, "key": …, "proxy": …}}` with a text or `null` for each,
    /// `{"step": "read_part", "path": … or null, "most": bytes, "progress": …}`, `{"step": "audit_columns"}`, and
    /// `{"step": "done", "stdout": …, "stderr": …, "exit": number}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let step = match self {
            Self::ReadFile { path } => serde_json::json!({"step": "read_file", "path": path}),
            Self::ReadInput => serde_json::json!({"step": "read_input"}),
            Self::ReadPart { path, most, progress } => {
                serde_json::json!({"step": "read_part", "path": path, "most": most, "progress": progress})
            }
            Self::AuditColumns => serde_json::json!({"step": "audit_columns"}),
            Self::Fetch { request, network } => serde_json::json!({
                "step": "fetch",
                "id": request.id.number(),
                "url": request.url,
                "timeout": request.timeout.as_secs_f64(),
                "headers": request.headers,
                "max_body": request.max_body,
                "network": network,
            }),
            Self::Done(output) => serde_json::json!({
                "step": "done",
                "stdout": output.stdout,
                "stderr": output.stderr,
                "exit": output.exit,
            }),
        };
        step.to_string()
    }
}
