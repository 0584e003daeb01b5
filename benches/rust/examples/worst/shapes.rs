//! What a token can be filled with: each way to place values, to name them, to space them, under each kind of policy.

use serde_json::{Value, json};
use std::fmt::Write as _;

/// One way to make a token expensive. Its label says all of it.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) place: Place,
    pub(crate) name: Name,
    pub(crate) value: Filling,
    pub(crate) space: Filling,
    pub(crate) policy: Policy,
    pub(crate) end: End,
}

/// Its name and its text.
pub(crate) type Filling = (&'static str, &'static str);

/// Where the values stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Claims.
    Claims,
    /// Members of one claim.
    Nested,
    /// A list of objects with so many members each.
    Objects(usize),
    /// A list of values.
    List,
    /// A list of values that is the audience.
    Audience,
    /// Objects within objects, to the bound of depth, one such tower after the other.
    Towers,
    /// The same, each floor with so many members beside.
    WideTowers(usize),
    /// Lists within lists.
    Brackets,
    /// Members of the header.
    Header,
}

/// How members are called. Names of one object must differ; what it costs to find that out is the question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Short,
    Eight,
    /// Names that the reader's keys cannot tell apart.
    Alike,
    /// The same, with much in common before they differ.
    AlikeLate,
    Escaped,
    EscapedUnicode,
    AlikeEscaped,
}

/// What the policy does with the claims.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Plain,
    Mapped,
    NumericIds,
    /// Scopes in the claim `x`.
    Scopes,
    /// Rules about the claim `x`.
    Rules,
}

/// How it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Accepted,
    Forged,
    /// The last member repeats the first.
    Repeated,
}

impl Shape {
    pub(crate) fn label(&self) -> String {
        let place = match self.place {
            Place::Claims => "claims".to_owned(),
            Place::Nested => "nested".to_owned(),
            Place::Objects(members) => format!("objects-of-{members}"),
            Place::List => "list".to_owned(),
            Place::Audience => "audience".to_owned(),
            Place::Towers => "towers".to_owned(),
            Place::WideTowers(members) => format!("towers-of-{members}"),
            Place::Brackets => "brackets".to_owned(),
            Place::Header => "header".to_owned(),
        };
        let name = match self.name {
            Name::Short => "short",
            Name::Eight => "eight",
            Name::Alike => "alike",
            Name::AlikeLate => "alike-late",
            Name::Escaped => "escaped",
            Name::EscapedUnicode => "escaped-unicode",
            Name::AlikeEscaped => "alike-escaped",
        };
        let policy = match self.policy {
            Policy::Plain => "plain",
            Policy::Mapped => "mapped",
            Policy::NumericIds => "numeric-ids",
            Policy::Scopes => "scopes",
            Policy::Rules => "rules",
        };
        let end = match self.end {
            End::Accepted => "accepted",
            End::Forged => "forged",
            End::Repeated => "repeated",
        };
        [&place, name, self.value.0, self.space.0, policy, end].join(",")
    }

    /// What the policy says beside issuer, audience and keys.
    pub(crate) fn policy(&self) -> Value {
        match self.policy {
            Policy::Plain => json!({}),
            Policy::Mapped => json!({"claim_mapping": {"a": "b"}, "default_claim_mapping": true}),
            Policy::NumericIds => json!({"numeric_ids": true}),
            Policy::Scopes => json!({"scopes": {"claims": ["x"], "all": ["a", "b", "c"]}}),
            Policy::Rules => json!({"claims": [
                {"claim": "x", "any_of": ["c", 7]}, {"claim": "x", "none_of": ["d", 8]}, {"claim": "x", "all_of": ["b", "c"]},
            ]}),
        }
    }

    /// Some `bytes` of JSON members, each of them valid.
    pub(crate) fn members(&self, bytes: usize) -> String {
        let mut text = String::new();
        let (opening, unit, closing) = match self.place {
            Place::Claims | Place::Header => ("", 1, ""),
            Place::Nested => ("\"x\":{", 1, "}"),
            Place::Objects(members) => ("\"x\":[", members, "]"),
            Place::List if self.policy == Policy::Rules || self.policy == Policy::Scopes => {
                ("\"x\":[\"a\",\"b\",\"c\",", 1, "]")
            }
            Place::List => ("\"x\":[", 1, "]"),
            Place::Audience => ("\"aud\":[\"orders\",", 1, "]"),
            Place::Towers | Place::Brackets => ("\"x\":[", 1, "]"),
            Place::WideTowers(members) => ("\"x\":[", members, "]"),
        };
        text.push_str(opening);
        let mut index = 0;
        while index == 0 || text.len() < bytes {
            if index > 0 {
                text.push(',');
                text.push_str(self.space.1);
            }
            self.unit(&mut text, unit, index);
            index += unit;
        }
        if self.end == End::Repeated && matches!(self.place, Place::Claims | Place::Nested) {
            text.push(',');
            self.member(&mut text, 0);
        }
        text.push_str(closing);
        text
    }

    fn unit(&self, text: &mut String, unit: usize, index: usize) {
        match self.place {
            Place::Claims | Place::Nested | Place::Header => self.member(text, index),
            Place::List | Place::Audience => text.push_str(self.value.1),
            Place::Objects(_) => {
                text.push('{');
                self.several(text, unit);
                text.push('}');
            }
            Place::Towers => {
                for floor in 0..FLOORS {
                    text.push('{');
                    self.name(text, floor);
                }
                text.push_str(self.value.1);
                text.push_str(&"}".repeat(FLOORS));
            }
            Place::WideTowers(_) => {
                for floor in 0..FLOORS {
                    text.push('{');
                    self.several(text, unit);
                    text.push(',');
                    self.name(text, unit + floor);
                }
                text.push_str(self.value.1);
                text.push_str(&"}".repeat(FLOORS));
            }
            Place::Brackets => {
                text.push_str(&"[".repeat(FLOORS));
                text.push_str(self.value.1);
                text.push_str(&"]".repeat(FLOORS));
            }
        }
    }

    fn several(&self, text: &mut String, members: usize) {
        for index in 0..members {
            if index > 0 {
                text.push(',');
                text.push_str(self.space.1);
            }
            self.member(text, index);
        }
    }

    fn member(&self, text: &mut String, index: usize) {
        self.name(text, index);
        text.push_str(self.space.1);
        text.push_str(self.value.1);
    }

    fn name(&self, text: &mut String, index: usize) {
        text.push('"');
        // Writing to a text cannot fail.
        let _ = match self.name {
            Name::Short => write!(text, "{index:x}"),
            Name::Eight => write!(text, "{index:08x}"),
            Name::Alike => write!(text, "abcdefgh{index:04x}abcdefgh"),
            Name::AlikeLate => write!(text, "{}{index:04x}abcdefgh", "abcdefgh".repeat(8)),
            Name::Escaped => write!(text, "\\n{index:x}"),
            Name::EscapedUnicode => write!(text, "\\u00e9{index:x}"),
            Name::AlikeEscaped => write!(text, "\\nbcdefgh{index:04x}abcdefgh"),
        };
        text.push_str("\":");
    }
}

/// All that are worth a try: what has no names is tried with one kind of them, and a policy that reads `x` where there is one.
pub(crate) fn all(quick: bool) -> impl Iterator<Item = Shape> {
    let spaces = if quick { &SPACES[..1] } else { &SPACES[..] };
    let of_place = move |place: Place| {
        let names =
            if matches!(place, Place::List | Place::Audience | Place::Brackets) { &NAMES[..1] } else { &NAMES[..] };
        let values = VALUES.iter().flat_map(move |value| spaces.iter().map(move |space| (*value, *space)));
        names.iter().flat_map(move |name| values.clone().map(move |(value, space)| (place, *name, value, space)))
    };
    PLACES.iter().flat_map(move |place| of_place(*place)).flat_map(|(place, name, value, space)| {
        let policies = POLICIES.iter().filter(move |policy| match policy {
            Policy::Scopes | Policy::Rules => place == Place::List,
            Policy::Mapped | Policy::NumericIds => place != Place::Header,
            Policy::Plain => true,
        });
        let ends = [End::Accepted, End::Forged, End::Repeated].into_iter();
        policies.flat_map(move |policy| {
            let fits = move |end: &End| match end {
                End::Accepted => true,
                End::Forged => *policy == Policy::Plain,
                End::Repeated => *policy == Policy::Plain && matches!(place, Place::Claims | Place::Nested),
            };
            ends.clone().filter(fits).map(move |end| Shape { place, name, value, space, policy: *policy, end })
        })
    })
}

pub(crate) fn labelled(label: &str) -> Option<Shape> {
    all(false).find(|shape| shape.label() == label)
}

/// With the object of the claims and the list around it one below the bound of depth.
const FLOORS: usize = 29;

const PLACES: [Place; 14] = [
    Place::Claims,
    Place::Nested,
    Place::Objects(1),
    Place::Objects(2),
    Place::Objects(4),
    Place::Objects(16),
    Place::Objects(17),
    Place::Objects(64),
    Place::List,
    Place::Audience,
    Place::Towers,
    Place::WideTowers(16),
    Place::Brackets,
    Place::Header,
];
const NAMES: [Name; 7] =
    [Name::Short, Name::Eight, Name::Alike, Name::AlikeLate, Name::Escaped, Name::EscapedUnicode, Name::AlikeEscaped];
const POLICIES: [Policy; 5] = [Policy::Plain, Policy::Mapped, Policy::NumericIds, Policy::Scopes, Policy::Rules];
const SPACES: [Filling; 3] = [("tight", ""), ("space", " "), ("lines", "\r\n\t\r\n")];
const VALUES: [Filling; 17] = [
    ("digit", "0"),
    ("digits", "123456789012345678901"),
    ("power", "1e5"),
    ("fraction", "-0.5"),
    // Near the middle of two doubles, where a conversion has to count all digits.
    ("middle", "1.7976931348623158079e308"),
    ("tiny-middle", "2.4703282292062327208e-324"),
    ("null", "null"),
    ("empty-text", "\"\""),
    ("letter", "\"a\""),
    ("text", "\"orders:read orders:write customers:read\""),
    ("spaces", "\"                \""),
    ("escape", "\"\\n\""),
    ("unicode", "\"\\u00e9\""),
    ("pair", "\"\\ud83d\\ude00\""),
    ("utf-8", "\"é€😀\""),
    ("empty-object", "{}"),
    ("empty-list", "[]"),
];
