//! Where in the claims a value stands: a name, or names one inside the other.

use crate::claim_names::{ClaimNames, PolicyName};
use crate::json::{self, Value};
use crate::token::Payload;

/// A claim by its name, or by the names that lead to it through objects.
#[derive(Debug)]
pub(crate) struct ClaimPath {
    first: Box<str>,
    rest: Box<[Box<str>]>,
    /// The names joined by dots, as rejections show them.
    name: PolicyName,
}

/// What stands at a path.
pub(crate) enum Found<'a> {
    Value(Value<'a>),
    /// A name on the path is not there, or `null` stands there.
    Absent,
    /// A name on the path has a value that is no object, so nothing can be inside it.
    Misplaced,
}

impl ClaimPath {
    /// `None` when there is no name.
    pub(crate) fn new(names: Vec<String>, kept: &mut ClaimNames) -> Option<Self> {
        let name = kept.keep(&names.join("."));
        let mut names = names.into_iter().map(String::into_boxed_str);
        Some(Self { first: names.next()?, rest: names.collect(), name })
    }

    pub(crate) fn name(&self) -> &PolicyName {
        &self.name
    }

    /// Reads the objects on the way once more; the payload was read as a whole before, so that cannot fail.
    pub(crate) fn find<'a>(&self, payload: &Payload<'a>) -> Found<'a> {
        let mut found = payload.get_present(&self.first);
        for name in &self.rest {
            found = match found {
                None => return Found::Absent,
                Some(Value::Object(text)) => member(text, name),
                Some(_) => return Found::Misplaced,
            };
        }
        found.map_or(Found::Absent, Found::Value)
    }
}

/// The member of an object that is part of a payload, unless it is `null`.
fn member<'a>(object: &'a str, name: &str) -> Option<Value<'a>> {
    let table = json::table(object, usize::MAX).ok()?;
    table.find(object, name).map(|place| place.value(object)).filter(|value| *value != Value::Null)
}

#[cfg(test)]
mod tests {
    use super::{ClaimNames, ClaimPath, Found};
    use crate::claims::Payload;
    use crate::json::{self, Value};

    fn find(names: &[&str], check: impl Fn(Found<'_>) -> bool) -> bool {
        let text = r#"{"a":{"b":{"c":1,"n":null}},"a.b":"dotted","l":[{"b":1}],"n":null}"#;
        let table = json::table(text, 8).unwrap();
        let payload = Payload::of(text, &table);
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        check(ClaimPath::new(names, &mut ClaimNames::default()).unwrap().find(&payload))
    }

    #[test]
    fn follows_names_through_objects_only() {
        assert!(find(&["a", "b", "c"], |found| matches!(found, Found::Value(Value::Number("1")))));
        assert!(find(&["a.b"], |found| matches!(found, Found::Value(Value::String(_)))));
        for absent in [&["x"][..], &["n"], &["a", "x"], &["a", "b", "n"], &["a", "x", "y"], &["n", "x"]] {
            assert!(find(absent, |found| matches!(found, Found::Absent)), "{absent:?}");
        }
        for misplaced in [&["l", "b"][..], &["a.b", "c"], &["a", "b", "c", "d"]] {
            assert!(find(misplaced, |found| matches!(found, Found::Misplaced)), "{misplaced:?}");
        }
        assert!(ClaimPath::new(Vec::new(), &mut ClaimNames::default()).is_none());
    }
}
