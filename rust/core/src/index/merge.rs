//! Adjacent runs become one: what a question has to ask stays few. May use run, build, table.

use super::build::Source;
use super::item::Item;
use super::memtable::Kind;
use super::run::Run;
use super::table::Stream;
use crate::error::Result;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::Arc;

/// Runs whose stretches follow one another, oldest first.
pub(super) struct Merged<'a>(pub(super) &'a [Arc<Run>]);

/// A stream and its next item, as one number. The least is the greatest: it stands on top of a
/// heap.
struct Head<'a> {
    next: u128,
    stream: Stream<'a>,
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.next.cmp(&self.next)
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.next == other.next
    }
}

impl Eq for Head<'_> {}

impl Source for Merged<'_> {
    fn first(&self) -> u64 {
        self.0.first().map_or(0, |run| run.first())
    }

    fn events(&self) -> u32 {
        self.0.iter().map(|run| run.last.events).sum()
    }

    fn is_fronted(&self) -> bool {
        self.0.iter().all(|run| run.fronted)
    }

    fn items(&self, kind: Kind, give: &mut dyn FnMut(Item) -> Result<()>) -> Result<()> {
        let base = self.first();
        // Eight most often; many more where a long merge let them pile up.
        let mut heads = BinaryHeap::with_capacity(self.0.len());
        for run in self.0 {
            let mut stream = run.stream(kind, base);
            let next = stream.next()?.map(Item::packed);
            heads.extend(next.map(|next| Head { next, stream }));
        }
        while let Some(mut head) = heads.peek_mut() {
            give(Item::unpacked(head.next))?;
            match head.stream.next()? {
                Some(item) => head.next = item.packed(),
                None => drop(PeekMut::pop(head)),
            }
        }
        Ok(())
    }

    fn offsets(&self, give: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        self.0.iter().try_for_each(|run| run.offsets(give))
    }
}

/// How many runs of a size are left standing before they are merged.
pub(super) const FAN: usize = 8;

/// Which of the newest runs, of these lengths in events, should become one: how many, if any.
/// Eight or more of a size, together with all that is smaller behind them.
pub(super) fn due(events: &[u32]) -> Option<usize> {
    let size = |events: &u32| events.max(&1).ilog2() / FAN.ilog2();
    let mut sizes: Vec<u32> = events.iter().map(size).collect();
    sizes.reverse();
    let mut levels = sizes.clone();
    levels.sort_unstable();
    levels.dedup();
    levels.into_iter().find_map(|level| {
        let count = sizes.iter().take_while(|size| **size <= level).count();
        let equals = sizes.iter().take(count).filter(|size| **size == level).count();
        let total: u64 = events.iter().rev().take(count).map(|n| u64::from(*n)).sum();
        (equals >= FAN && total <= u64::from(u32::MAX)).then_some(count)
    })
}

#[cfg(test)]
mod tests {
    use super::due;

    #[test]
    fn eight_of_a_size_become_one() {
        assert_eq!(due(&[]), None);
        assert_eq!(due(&[100; 7]), None);
        assert_eq!(due(&[100; 8]), Some(8));
        assert_eq!(due(&[900, 100, 100, 100, 100, 100, 100, 100]), None);
        assert_eq!(due(&[9_000, 90, 90, 90, 90, 9, 90, 90, 90, 90, 5]), Some(10));
    }

    #[test]
    fn few_runs_stand_however_many_were_written() {
        let (mut runs, mut written): (Vec<u32>, u64) = (Vec::new(), 0);
        for number in 0..20_000 {
            runs.push(1_000 + number % 3);
            while let Some(count) = due(&runs) {
                let merged = runs.split_off(runs.len() - count).iter().sum();
                written += u64::from(merged);
                runs.push(merged);
            }
        }
        assert!(runs.len() <= 7 * 6, "{}", runs.len());
        assert!(written < 6 * 20_020_000, "{written}");
    }
}
