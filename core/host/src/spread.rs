//! One judgement for each item of a slice, by several threads, in the order of the slice.

use crate::guard::guarded;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// What `judge` gives for each item, in their order; `panicked` stands in for a judgement that panics.
///
/// `threads` is the most threads to use, the calling one among them; 0 is one for each processor. Threads take blocks of items
/// from one queue, so that a slow one keeps nobody waiting for longer than a block. A thread that cannot be had is done
/// without.
pub fn spread<T: Sync, R: Send>(
    items: &[T], threads: usize, judge: impl Fn(&T) -> R + Sync, panicked: impl Fn() -> R + Sync,
) -> Vec<R> {
    let one = |item: &T| guarded(|| judge(item)).unwrap_or_else(&panicked);
    let helpers = helpers(threads, items.len());
    if helpers == 0 {
        return items.iter().map(one).collect();
    }
    let mut judged: Vec<Option<R>> = Vec::new();
    judged.resize_with(items.len(), || None);
    let queue = Mutex::new(items.chunks(BLOCK).zip(judged.chunks_mut(BLOCK)));
    let work = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((items, places)) = next else { return };
            for (item, place) in items.iter().zip(places) {
                *place = Some(one(item));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..helpers {
            if thread::Builder::new().name(NAME.to_owned()).spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    // No place is empty: whatever a thread did not take, the calling one has taken.
    judged.into_iter().map(|place| place.unwrap_or_else(&panicked)).collect()
}

/// How many threads help the calling one: none where there is less than a block for each.
fn helpers(threads: usize, items: usize) -> usize {
    let wanted = match threads {
        0 => thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads,
    };
    wanted.min(MOST_THREADS).min(items.div_ceil(BLOCK)).saturating_sub(1)
}

/// Enough that a lock for each costs nothing, and few enough that the last ones end together.
const BLOCK: usize = 64;
const MOST_THREADS: usize = 256;
const NAME: &str = "jotgate-batch";

#[cfg(test)]
mod tests {
    use super::{BLOCK, helpers, spread};
    use std::collections::HashSet;
    use std::panic;
    use std::sync::{Barrier, Mutex};
    use std::thread;

    #[test]
    fn the_order_is_that_of_the_items() {
        for count in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 10 * BLOCK + 7] {
            let items: Vec<usize> = (0..count).collect();
            for threads in [0, 1, 2, 5, usize::MAX] {
                assert_eq!(spread(&items, threads, |item| item + 1, || 0), (1..=count).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_panic_is_that_of_its_item_alone() {
        let items: Vec<usize> = (0..5 * BLOCK).collect();
        let judge = |item: &usize| if item % 50 == 3 { panic::resume_unwind(Box::new("a bug")) } else { *item };
        for threads in [1, 3] {
            for (place, judged) in spread(&items, threads, judge, || usize::MAX).into_iter().enumerate() {
                assert_eq!(judged, if place % 50 == 3 { usize::MAX } else { place });
            }
        }
    }

    #[test]
    fn threads_work_at_the_same_time() {
        let (seen, both) = (Mutex::new(HashSet::new()), Barrier::new(2));
        let judge = |item: &usize| {
            if item.is_multiple_of(BLOCK) {
                both.wait();
            }
            seen.lock().unwrap().insert(thread::current().id());
        };
        spread(&(0..2 * BLOCK).collect::<Vec<_>>(), 2, judge, || ());
        assert_eq!(seen.into_inner().unwrap().len(), 2);
    }

    #[test]
    fn small_batches_start_no_thread() {
        assert_eq!([helpers(8, 0), helpers(8, BLOCK), helpers(8, BLOCK + 1), helpers(1, 9 * BLOCK)], [0, 0, 1, 0]);
    }
}
