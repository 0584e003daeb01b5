//! Counts the work in tests, so that they can bound it without a clock.

#[cfg(test)]
thread_local! {
    static COUNT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(not(test))]
#[inline(always)]
pub(super) fn count() {}

#[cfg(test)]
pub(super) fn count() {
    COUNT.with(|count| count.set(count.get().saturating_add(1)));
}

/// What the work of `run` adds up to.
#[cfg(test)]
pub(super) fn of(run: impl FnOnce()) -> usize {
    COUNT.with(|count| count.set(0));
    run();
    COUNT.with(std::cell::Cell::get)
}
