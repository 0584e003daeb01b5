//! Ways into a JSON value, and how messages write them.

use serde_json::Value;

/// A step from a value to one within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

impl Step {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Index(_) => None,
        }
    }
}

/// Shows a value and everything within it, from outside in.
pub(super) fn walk<'v>(value: &'v Value, steps: &mut Vec<Step>, visit: &mut dyn FnMut(&[Step], &'v Value)) {
    visit(steps, value);
    match value {
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                steps.push(Step::Index(index));
                walk(element, steps, visit);
                steps.pop();
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                steps.push(Step::Name(name.clone()));
                walk(member, steps, visit);
                steps.pop();
            }
        }
        _ => {}
    }
}

pub(super) fn at<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.get_mut(name.as_str()),
        Step::Index(index) => value.get_mut(*index),
    })
}

pub(super) fn find<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.get(name.as_str()),
        Step::Index(index) => value.get(*index),
    })
}

pub(super) fn path_of(steps: &[Step]) -> String {
    steps.iter().fold(String::new(), |path, step| match step {
        Step::Index(index) => format!("{path}[{index}]"),
        Step::Name(name) if path.is_empty() => name.clone(),
        Step::Name(name) => format!("{path}.{name}"),
    })
}
