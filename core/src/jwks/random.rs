//! Jitter from a seed: every run of the machine can be replayed.

/// A SplitMix64 sequence (Steele, Lea, Flood, OOPSLA 2014): plenty for jitter, and never used for secrets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// What the sequence began with.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// A number from 0 to `most`, both included.
    pub(crate) fn up_to(&mut self, most: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let number = mixed ^ (mixed >> 31);
        match most.checked_add(1) {
            Some(count) => number.checked_rem(count).unwrap_or(0),
            None => number,
        }
    }
}
