//! What the host holds by numbers.

/// Things by their handles. The handle of a thing that is gone is given to another one.
pub(crate) struct Table<T>(Vec<Option<T>>);

impl<T> Table<T> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The handle of a new one.
    pub(crate) fn add(&mut self, thing: T) -> u32 {
        let free = self.0.iter().position(Option::is_none).unwrap_or(self.0.len());
        match self.0.get_mut(free) {
            Some(place) => *place = Some(thing),
            None => self.0.push(Some(thing)),
        }
        u32::try_from(free.saturating_add(1)).unwrap_or(NONE)
    }

    pub(crate) fn get(&mut self, handle: u32) -> Option<&mut T> {
        self.place(handle)?.as_mut()
    }

    pub(crate) fn take(&mut self, handle: u32) -> Option<T> {
        self.place(handle)?.take()
    }

    fn place(&mut self, handle: u32) -> Option<&mut Option<T>> {
        self.0.get_mut(usize::try_from(handle).ok()?.checked_sub(1)?)
    }
}

/// No handle.
pub(crate) const NONE: u32 = 0;
