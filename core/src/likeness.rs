//! Which of the known names is most like one that is none of them.

/// The known name that is most like `name`, and how alike they are: from 0, nothing in common, to 1, the same. For hints such as
/// *did you mean audience?* Letters of ASCII are the same in upper and in lower case. `None` where nothing is known.
///
/// ```
/// use jotgate::likeness::{ALIKE, nearest};
///
/// let (meant, likeness) = nearest("audiance", ["issuer", "audience"]).unwrap();
/// assert!(meant == "audience" && likeness >= ALIKE);
/// ```
#[must_use]
pub fn nearest<N: AsRef<str>>(name: &str, known: impl IntoIterator<Item = N>) -> Option<(N, f64)> {
    let name = name.to_ascii_lowercase();
    let compared = known.into_iter().map(|known| {
        let likeness = strsim::jaro_winkler(&name, &known.as_ref().to_ascii_lowercase());
        (known, likeness)
    });
    compared.max_by(|(_, one), (_, other)| one.total_cmp(other))
}

/// How alike a name must be to be taken for the one that was meant: one letter that is wrong, missing or too much.
pub const ALIKE: f64 = 0.85;
