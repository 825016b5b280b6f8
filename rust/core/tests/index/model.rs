//! What an index must answer, found by looking through everything; and lives that it leads.

use lineseal_core::hash::Hash;
use lineseal_core::index::runs::{RunIndex, Tuning};
use lineseal_core::index::{Entry, GroupNote, Index, Location};
use lineseal_core::media::Media;
use std::sync::Arc;

/// An event as the index is told of it.
#[derive(Clone, Debug)]
pub struct Event {
    pub hash: Hash,
    pub location: Location,
    pub parents: Vec<u64>,
    pub keys: Vec<u64>,
    pub clock: i64,
}

impl Event {
    pub fn entry(&self) -> Entry<'_> {
        Entry { hash: self.hash, location: self.location, parents: &self.parents, keys: &self.keys }
    }
}

/// Everything that was appended.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub events: Vec<Event>,
    /// Where each group ends.
    pub ends: Vec<usize>,
}

/// A hash with this prefix, of no other event.
pub fn hash(prefix: u64, index: u64) -> Hash {
    let mut hash = Hash::of(&index.to_le_bytes());
    hash.0[..8].copy_from_slice(&prefix.to_be_bytes());
    hash
}

/// What the ledger says of the group that ends here.
pub fn note(end: usize) -> Vec<u8> {
    format!("up to event {end}").into_bytes()
}

impl Model {
    pub fn len(&self) -> u64 {
        self.events.len() as u64
    }

    /// Adds a group.
    pub fn group(&mut self, events: impl IntoIterator<Item = Event>) {
        self.events.extend(events);
        self.ends.push(self.events.len());
    }

    /// Appends to the index the groups that it does not have.
    pub fn bring(&self, index: &dyn Index) {
        let mut start = index.len() as usize;
        for end in self.ends.iter().copied().filter(|end| *end > index.len() as usize) {
            let entries: Vec<_> = self.events[start..end].iter().map(Event::entry).collect();
            let clock = self.events[start].clock;
            index.append(&GroupNote { clock, note: &note(end) }, &entries).unwrap();
            start = end;
        }
    }

    /// An index of this life, after what it took up was looked at and the rest was appended.
    pub fn open(&self, media: Arc<dyn Media>, read_only: bool, tuning: Tuning) -> RunIndex {
        let index = match read_only {
            true => RunIndex::reader(media, tuning),
            false => RunIndex::writer(media, tuning),
        };
        assert_eq!(index.own(), !read_only);
        if let Some(covered) = index.resume().unwrap() {
            let end = covered.events as usize;
            assert!(self.ends.contains(&end), "{end} is the end of no group");
            assert_eq!(covered.note, note(end));
            assert_eq!(index.len(), covered.events);
        }
        index
    }

    fn below(&self, bound: u64, fits: impl Fn(&Event) -> bool) -> Vec<u64> {
        (0..bound).filter(|index| fits(&self.events[*index as usize])).collect()
    }

    /// Asks everything there is to ask; `Err` says what was answered wrongly. An error is an
    /// answer only of a broken index.
    pub fn check(&self, index: &dyn Index, bound: u64) -> Result<(), String> {
        let same = |what: String, told: lineseal_core::error::Result<Vec<u64>>, truth: Vec<u64>| {
            match told {
                Ok(told) if told == truth => Ok(()),
                Ok(told) => Err(format!("{what} below {bound}: {told:?} instead of {truth:?}")),
                Err(_) if index.is_broken() => Ok(()),
                Err(error) => Err(format!("{what}: {error}")),
            }
        };
        for (at, event) in self.events.iter().enumerate().take(bound as usize) {
            let (at, prefix) = (at as u64, event.hash.prefix());
            let told = index.candidates(prefix, bound).map(|found| found.to_vec());
            let truth = self.below(bound, |e| e.hash.prefix() == prefix);
            same(format!("candidates of {at}"), told, truth)?;
            let place = |l: Location| vec![l.segment, l.offset];
            same(format!("place of {at}"), index.location(at).map(place), place(event.location))?;
            let clock = index.recorded_at(at).map(|clock| vec![clock as u64]);
            same(format!("clock of {at}"), clock, vec![event.clock as u64])?;
            self.check_pages(at, bound, &same, index)?;
        }
        let (low, high) = (u64::MAX / 4, u64::MAX / 2);
        let told = index.candidates_between(low, high, bound, usize::MAX).map(|found| {
            let mut found = found.to_vec();
            found.sort_unstable();
            found
        });
        let truth = self.below(bound, |e| (low..=high).contains(&e.hash.prefix()));
        same("a range".into(), told, truth)
    }

    /// Children and keys of an event, in pages of three.
    fn check_pages(
        &self,
        at: u64,
        bound: u64,
        same: &dyn Fn(
            String,
            lineseal_core::error::Result<Vec<u64>>,
            Vec<u64>,
        ) -> Result<(), String>,
        index: &dyn Index,
    ) -> Result<(), String> {
        let children = self.below(bound, |e| e.parents.contains(&at));
        let mut after = None;
        for page in children.chunks(3).chain([&[][..]]) {
            same(
                format!("children of {at} after {after:?}"),
                index.children(at, after, bound, 3),
                page.to_vec(),
            )?;
            after = page.last().copied();
        }
        for key in &self.events[at as usize].keys {
            let mut found = self.below(bound, |e| e.keys.contains(key));
            found.reverse();
            let mut before = None;
            for page in found.chunks(3).chain([&[][..]]) {
                same(
                    format!("events with {key} before {before:?}"),
                    index.lookup(*key, before, bound, 3),
                    page.to_vec(),
                )?;
                before = page.last().copied();
            }
        }
        Ok(())
    }
}

/// Groups of a few events with much in common.
pub fn life(groups: usize, seed: u64) -> Model {
    let mut state = seed;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (state >> 33) % end
    };
    let (mut model, mut segment) = (Model::default(), 0);
    for group in 0..groups as u64 {
        let first = model.len();
        if below(4) == 0 {
            segment = first;
        }
        let events: Vec<_> = (first..first + 1 + below(5))
            .map(|index| {
                let mut parents: Vec<_> = (0..below(4).min(index)).map(|_| below(index)).collect();
                parents.dedup();
                let location = Location { segment, offset: 60 + (index - segment) * 300 };
                let hash = match below(3) {
                    0 => hash(below(5) << 61, index),
                    _ => Hash::of(&index.to_le_bytes()),
                };
                let keys = (0..below(3)).map(|_| below(6) << 40).collect();
                Event { hash, location, parents, keys, clock: group as i64 / 2 - 3 }
            })
            .collect();
        model.group(events);
    }
    model
}
