//! The files that stand beside a text and that it names.

use super::notes::Notes;

/// Further files, each of which is taken at most by its name.
#[derive(Debug)]
pub(super) struct Files<'f> {
    given: &'f [(&'f str, &'f [u8])],
    taken: Vec<bool>,
}

impl<'f> Files<'f> {
    pub(super) fn new(given: &'f [(&'f str, &'f [u8])]) -> Self {
        Self { given, taken: vec![false; given.len()] }
    }

    /// The file that a text calls so. Folders do not count: where a text names them, they are those of another machine.
    pub(super) fn named(&mut self, name: &str) -> Option<&'f [u8]> {
        let wanted = last_part(name);
        let index = self.given.iter().position(|(given, _)| last_part(given) == wanted)?;
        self.take(index)
    }

    /// The only file there is, for a text whose name for it is filled in elsewhere.
    pub(super) fn only(&mut self) -> Option<&'f [u8]> {
        if self.given.len() == 1 { self.take(0) } else { None }
    }

    fn take(&mut self, index: usize) -> Option<&'f [u8]> {
        *self.taken.get_mut(index)? = true;
        self.given.get(index).map(|(_, content)| *content)
    }

    /// Says which files nobody has asked for.
    pub(super) fn remark_unused(&self, notes: &mut Notes) {
        for ((name, _), taken) in self.given.iter().zip(&self.taken) {
            if !taken {
                notes.changed(last_part(name), None, "nothing in the text names this file, so it stays behind");
            }
        }
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::Files;

    #[test]
    fn folders_do_not_count() {
        let given: [(&str, &[u8]); 2] = [("security/a.jks", b"a"), ("C:\\b.jks", b"b")];
        let mut files = Files::new(&given);
        assert_eq!(files.named("${home}/resources/a.jks"), Some(b"a".as_slice()));
        assert_eq!(files.named("b.jks"), Some(b"b".as_slice()));
        assert_eq!(files.named("A.jks"), None);
        assert_eq!(files.only(), None);
    }
}
