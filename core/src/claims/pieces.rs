//! Lists that a token writes as one text, such as `"a,b"`.

use std::borrow::Cow;

/// The pieces of a text between separators, empty ones included.
pub(crate) fn pieces<'a>(text: Cow<'a, str>, separator: &str) -> impl Iterator<Item = Cow<'a, str>> {
    let pieces: Vec<Cow<'a, str>> = match text {
        Cow::Borrowed(text) => text.split(separator).map(Cow::Borrowed).collect(),
        Cow::Owned(text) => text.split(separator).map(|piece| Cow::Owned(piece.to_owned())).collect(),
    };
    pieces.into_iter()
}
