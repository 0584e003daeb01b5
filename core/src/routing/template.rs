//! Paths as a route writes them: `/orders/{id}`.

use crate::document::PolicyError;
use crate::target::{Oddities, Path, fold};

/// The segments of a template.
#[derive(Debug)]
pub(super) struct Template(Vec<Segment>);

#[derive(Debug)]
enum Segment {
    /// One segment of any text.
    Placeholder,
    Text {
        text: String,
        /// The same for those who compare without case.
        folded: String,
    },
}

/// How a server may take a path for one of a route's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathFit {
    /// In another spelling.
    OtherSpelling,
    /// With nothing in a placeholder at the end: `/orders/` for `/orders/{id}`.
    EmptyEnd,
}

impl Template {
    /// A template is written as requests are normalised; one that is not would match nothing, and nobody would see it.
    pub(super) fn compile(template: &str, path: &str) -> Result<Self, PolicyError> {
        let error = |message: &str| PolicyError::new(path, message);
        if !template.starts_with('/') {
            return Err(error("a path begins with a slash"));
        }
        if template.contains('*') {
            let error = error("a star has no meaning in a path, and would match a star alone");
            return Err(error.with_hint("use {name} for one segment, or path_regex"));
        }
        // Braces are for placeholders, which stand for any segment.
        let without_placeholders = template.replace(['{', '}'], "");
        let normal = Path::of(&without_placeholders);
        if normal.oddities != Oddities::NONE || normal.text != without_placeholders {
            let error = error("write the path in its normal form");
            return Err(
                error.with_hint("no dot segments, double slashes, parameters or needless escapes; others as in %C3%A9")
            );
        }
        let segments = template.split('/').map(|segment| {
            let placeholder = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            match placeholder {
                Some(name) if !name.is_empty() && !name.contains(['{', '}']) => Ok(Segment::Placeholder),
                None if segment.starts_with(':') => {
                    Err(error("a placeholder is written in braces").with_hint("use {name} for one segment"))
                }
                None if !segment.contains(['{', '}']) => {
                    Ok(Segment::Text { text: segment.to_owned(), folded: fold(segment).into_owned() })
                }
                _ => Err(error("a placeholder such as {id} stands for a whole segment")),
            }
        });
        Ok(Self(segments.collect::<Result<_, _>>()?))
    }

    /// Whether the path is this one, segment by segment.
    pub(super) fn is(&self, path: &str) -> bool {
        same(&self.0, path, |segment, found| match segment {
            Segment::Placeholder => !found.is_empty(),
            Segment::Text { text, .. } => text == found,
        })
    }

    /// Whether a server may take the path for this one: in another case, with a slash at the end or without, with
    /// nothing in a placeholder. `folded` is the path as [`fold`] gives it.
    pub(super) fn may_be(&self, folded: &str) -> Option<PathFit> {
        let alike = |segment: &Segment, found: &str| match segment {
            Segment::Placeholder => true,
            Segment::Text { folded, .. } => folded.eq_ignore_ascii_case(found),
        };
        if same(&self.0, folded, alike) {
            let ends_in_placeholder = matches!(self.0.last(), Some(Segment::Placeholder));
            let empty = ends_in_placeholder && folded.ends_with('/');
            return Some(if empty { PathFit::EmptyEnd } else { PathFit::OtherSpelling });
        }
        let ours = match self.0.as_slice() {
            [first @ .., Segment::Text { text, .. }] if text.is_empty() && first.len() > 1 => first,
            all => all,
        };
        let theirs = folded.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(folded);
        same(ours, theirs, alike).then_some(PathFit::OtherSpelling)
    }

    /// Whether it stands for one path alone.
    pub(super) fn is_literal(&self) -> bool {
        !self.0.iter().any(|segment| matches!(segment, Segment::Placeholder))
    }
}

fn same(segments: &[Segment], path: &str, alike: impl Fn(&Segment, &str) -> bool) -> bool {
    let mut found = path.split('/');
    segments.iter().all(|segment| found.next().is_some_and(|found| alike(segment, found))) && found.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{PathFit, Template};

    fn template(text: &str) -> Template {
        Template::compile(text, "routes[0].path").expect(text)
    }

    #[test]
    fn a_template_is_written_in_one_way() {
        for text in ["/", "/a", "/a/", "/{id}", "/a/{id}/b/{other}", "/%C3%A9"] {
            assert!(Template::compile(text, "path").is_ok(), "{text}");
        }
        for text in [
            "", "a", "/*", "/a/../b", "/a//b", "/%61", "/a;b", "/{}", "/{a}{b}", "/x{a}", "/{a}x", "/{{a}}", "/{a",
            "/a}", "/:id",
        ] {
            assert_eq!(Template::compile(text, "path").expect_err(text).path(), "path", "{text}");
        }
    }

    #[test]
    fn a_server_may_take_a_path_for_it_that_it_is_not() {
        let (other, empty) = (Some(PathFit::OtherSpelling), Some(PathFit::EmptyEnd));
        for (text, path, fit) in [
            ("/orders", "/orders/", other),
            ("/orders/", "/orders", other),
            ("/Orders", "/orders", other),
            ("/orders", "/order", None),
            ("/orders", "/orders/7", None),
            ("/orders/{id}", "/orders/7", other),
            ("/orders/{id}", "/orders/7/", other),
            ("/orders/{id}/", "/orders/7", other),
            ("/orders/{id}", "/orders/", empty),
            ("/orders/{id}", "/orders", None),
            ("/{a}", "/", empty),
            ("/a/b", "/a", None),
            ("/a/b", "/a/", None),
            ("/a/", "/a//", None),
            ("/", "/", other),
            ("/", "", None),
            ("/", "/a", None),
        ] {
            assert_eq!(template(text).may_be(path), fit, "{path:?} for {text}");
        }
    }

    #[test]
    fn a_placeholder_stands_for_any_segment_that_is_not_empty() {
        let orders = template("/orders/{id}");
        assert!(
            orders.is("/orders/7") && !orders.is("/orders/") && !orders.is("/Orders/7") && !orders.is("/orders/7/")
        );
        assert!(template("/orders/").is_literal() && !orders.is_literal());
    }
}
