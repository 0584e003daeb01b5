//! Parts of a log, put together to whole lines: never more of it is kept than a round takes and one long line.

/// What was read and not yet judged.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: Vec<u8>,
    /// Whether the line that begins the text is what is left of one that was too long.
    within: bool,
    ended: bool,
}

impl Lines {
    pub(super) fn add(&mut self, part: &[u8]) {
        self.ended = false;
        self.text.extend_from_slice(part);
        if self.within {
            self.leave_out();
        }
    }

    /// The log is at its end, and so is its last line.
    pub(super) fn end(&mut self) {
        self.ended = true;
        self.within = false;
    }

    /// Whole lines, once there are enough of them for a round.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        if self.ended {
            self.ended = false;
            return Some(std::mem::take(&mut self.text)).filter(|text| !text.is_empty());
        }
        if self.text.len() < ROUND {
            return None;
        }
        let Some(last) = self.text.iter().rposition(|byte| *byte == b'\n') else {
            // No token is so long, and no policy takes one. What there is of it is judged, and refused.
            self.within = true;
            return Some(std::mem::take(&mut self.text));
        };
        let rest = self.text.split_off(last.saturating_add(1));
        Some(std::mem::replace(&mut self.text, rest))
    }

    /// Leaves out what still belongs to the line that was too long.
    fn leave_out(&mut self) {
        match self.text.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                self.within = false;
                self.text.drain(..=end);
            }
            None => self.text.clear(),
        }
    }
}

/// Bytes; twice the longest token of any policy.
const ROUND: usize = 2 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::{Lines, ROUND};

    #[test]
    fn rounds_are_whole_lines() {
        let mut lines = Lines::default();
        let line = [vec![b'x'; 999], vec![b'\n']].concat();
        let mut taken = Vec::new();
        for part in line.repeat(5000).chunks(700) {
            lines.add(part);
            while let Some(text) = lines.take() {
                assert!(text.ends_with(b"\n") && text.len() < ROUND + 1000);
                taken.extend(text);
            }
        }
        lines.end();
        taken.extend(lines.take().unwrap_or_default());
        assert_eq!(taken, line.repeat(5000));
        assert_eq!(lines.take(), None);
    }

    #[test]
    fn of_a_line_that_is_too_long_the_beginning_is_kept() {
        let mut lines = Lines::default();
        let mut taken = Vec::new();
        for _ in 0..100 {
            lines.add(&[b'x'; 100_000]);
            taken.extend(lines.take());
        }
        lines.add(b"xx\na\n");
        lines.end();
        taken.extend(lines.take());
        assert_eq!(taken.len(), 2);
        assert_eq!(taken.get(1).map(Vec::as_slice), Some(&b"a\n"[..]));
    }
}
