//! What a small ledger holds: batches with every kind of key, a hub, a chain, small and large
//! events.

use crate::events::Events;
use lineseal_core::error::Error;
use lineseal_core::event::keys::KeyKind;
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;

/// The first event's time; the others follow a second apart.
pub const START: i64 = 1_790_000_000_000_000;

/// Batches, and by what their events can be found.
#[derive(Clone, Debug, Default)]
pub struct Story {
    pub batches: Vec<Events>,
    pub keys: Vec<(KeyKind, String)>,
}

impl Story {
    /// So many batches of one to four events; each stands on the one before and on the hub. Event
    /// `n` of a batch has `n` times `filler` bytes more.
    pub fn of(batches: usize, filler: usize) -> Story {
        let mut story = Story::default();
        for number in 0..batches {
            let known = story.hashes();
            let ends = known.first().into_iter().chain(known.last());
            let parents: Vec<Hash> = ends.copied().collect();
            let distinct = if known.len() > 1 { &parents[..] } else { &parents[..known.len()] };
            let mut events = Events::default();
            for n in 0..1 + number % 4 {
                story.add(&mut events, known.len() + n, n * filler, distinct).unwrap();
            }
            story.batches.push(events);
        }
        story
    }

    /// Every event's name, in order.
    pub fn hashes(&self) -> Vec<Hash> {
        self.batches.iter().flat_map(|batch| batch.hashes.iter().copied()).collect()
    }

    /// The story as it was after so many batches. Its keys are all of them: what is not there yet
    /// must not be found.
    pub fn until(&self, batches: usize) -> Story {
        Story { batches: self.batches[..batches].to_vec(), keys: self.keys.clone() }
    }

    fn add(
        &mut self,
        to: &mut Events,
        place: usize,
        fill: usize,
        on: &[Hash],
    ) -> Result<(), Error> {
        let mut writer = Writer::new();
        let (kind, fields) = KINDS[place % KINDS.len()];
        writer.begin(kind)?;
        writer.time(START + place as i64 * 1_000_000);
        on.iter().try_for_each(|parent| writer.parent(*parent, ""))?;
        if on.is_empty() {
            writer.no_parents();
        }
        for (field, key) in fields {
            writer.field(field)?;
            let text = format!("{field}{}", if *field == "stream" { 0 } else { place % 7 });
            writer.text(&text)?;
            self.keys.extend(key.map(|key| (key, text)));
        }
        writer.field("ids")?;
        writer.begin_list()?;
        writer.text(&format!("place:{place}"))?;
        writer.end_list()?;
        self.keys.push((KeyKind::Id, format!("place:{place}")));
        writer.field("properties")?;
        writer.begin_map()?;
        writer.key("filler")?;
        writer.text(&"x".repeat(fill))?;
        writer.end_map()?;
        let mut block = Vec::new();
        to.hashes.push(writer.finish(Fill::Refuse, &mut block)?);
        to.blocks.push(block);
        self.keys.sort();
        self.keys.dedup();
        Ok(())
    }
}

type Fields = &'static [(&'static str, Option<KeyKind>)];

const KINDS: [(&str, Fields); 5] = [
    ("dataset", &[("name", Some(KeyKind::Dataset))]),
    ("model", &[("name", Some(KeyKind::Model))]),
    ("training", &[("run_id", Some(KeyKind::RunId)), ("model_name", None)]),
    ("deployment", &[("name", Some(KeyKind::Deployment))]),
    (
        "prediction",
        &[("prediction_id", Some(KeyKind::PredictionId)), ("stream", Some(KeyKind::Stream))],
    ),
];
