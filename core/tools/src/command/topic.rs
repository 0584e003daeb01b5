//! The commands, by their names.

/// What a command line, or its help, is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    All,
    Validate,
    Explain,
    Lint,
    Import,
    Keys,
    Test,
    Schema,
    Audit,
}

impl Topic {
    /// Every command, in the order in which help has them.
    pub(super) const COMMANDS: [Self; 8] =
        [Self::Validate, Self::Explain, Self::Audit, Self::Lint, Self::Test, Self::Keys, Self::Import, Self::Schema];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Validate => "validate",
            Self::Explain => "explain",
            Self::Lint => "lint",
            Self::Import => "import",
            Self::Keys => "keys",
            Self::Test => "test",
            Self::Schema => "schema",
            Self::Audit => "audit",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::COMMANDS.into_iter().find(|topic| topic.name() == name)
    }

    /// The names of all commands.
    pub(super) fn names() -> String {
        let names = Self::COMMANDS.map(Self::name);
        let (last, first) = names.split_last().unwrap_or((&"", &[]));
        format!("{} or {last}", first.join(", "))
    }
}
