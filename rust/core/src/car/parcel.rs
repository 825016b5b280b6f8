//! All events of a CAR file: verified, each once, to be had parents first. May use container,
//! sections, judge, order, place, control, dag (threads).
//!
//! The blocks stay in the file, and are hashed again when they are asked for. In memory are some
//! 90 bytes an event, and a round of sections.

use super::container::{self, Container};
use super::judge::{Block, judge};
use super::name::{self, Name};
use super::order::{Nodes, Order};
use super::place::{AGAIN, unreadable};
use super::sections::{Round, Section, Sections};
use crate::cid::{Cid, Codec};
use crate::control::Control;
use crate::dag;
use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use crate::limits::MIN_PREFIX;
use rayon::prelude::*;
use std::collections::HashSet;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};

/// Fewer bytes are judged before other threads have woken.
const WORTH_SHARING: u64 = 256 << 10;

/// Bytes read ahead of a block: most are taken in the order in which they stand.
const AHEAD: usize = 16 << 10;

/// What a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events, each once.
    pub events: u64,
    /// Sections of events that stood before.
    pub duplicates: u64,
    /// Blocks that are no events: headers and frames of segments, content of other software.
    pub others: u64,
}

/// A CAR file, every block of which was looked at.
#[derive(Debug)]
pub struct Parcel<R: Read + Seek> {
    file: BufReader<R>,
    at: u64,
    nodes: Nodes,
    counts: Counts,
    /// Events that the header names as roots, and that the file does not hold.
    lacking: Vec<Hash>,
}

impl<R: Read + Seek> Parcel<R> {
    /// Reads the file from front to back and verifies every block: its hash, its canonical form,
    /// and that an event is one. The progress counts blocks.
    pub fn read(mut file: R, control: &Control) -> Result<Parcel<R>> {
        let Container { start, end, roots } = container::open(&mut file)?;
        let mut roots: HashSet<Vec<u8>> = roots.into_iter().collect();
        let threads = if end - start < WORTH_SHARING { None } else { Some(dag::threads()?) };
        let (mut nodes, mut counts) = (Nodes::new(), Counts::default());
        let (mut sections, mut round) = (Sections::new(&mut file, start, end)?, Round::default());
        loop {
            sections.next(&mut round)?;
            if round.sections().is_empty() {
                break;
            }
            let one = |section: &Section| judge(round.name(section), round.block(section));
            let judged: Vec<Result<Block>> = match &threads {
                Some(threads) => threads.install(|| round.sections().par_iter().map(one).collect()),
                None => round.sections().iter().map(one).collect(),
            };
            for (section, judged) in round.sections().iter().zip(judged) {
                control.advance(1)?;
                let judged = judged.map_err(|error| section.place.told(&error))?;
                roots.remove(round.cid(section));
                counts.add(&mut nodes, section.at, round.block(section).len(), &judged)?;
            }
        }
        let lacking = roots.iter().filter_map(|root| match name::read(root) {
            Some((Name::DagCbor(hash), _)) => Some(hash),
            _ => None,
        });
        let mut lacking: Vec<Hash> = lacking.collect();
        lacking.sort_unstable();
        file.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&error))?;
        let file = BufReader::with_capacity(AHEAD, file);
        Ok(Parcel { file, at: 0, nodes, counts, lacking })
    }

    /// What it holds.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Events that the header names as roots, and that are not in the file: either it was cut off
    /// between two blocks, or it was made so.
    pub fn lacking(&self) -> &[Hash] {
        &self.lacking
    }

    /// All events, parents first; otherwise as they stand.
    pub fn all(&self) -> Order {
        self.nodes.all()
    }

    /// The named events and their ancestors, parents first. A name is a full hash, a CID, or the
    /// beginning of exactly one hash, 8 digits or more.
    pub fn of(&self, names: &[String]) -> Result<Order> {
        let numbers = names.iter().map(|text| self.number(text)).collect::<Result<Vec<u32>>>()?;
        Ok(self.nodes.order(numbers.into_iter()))
    }

    fn number(&self, text: &str) -> Result<u32> {
        let full = match text.parse::<Cid>() {
            Ok(Cid { codec: Codec::DagCbor, hash }) => Some(hash),
            _ => text.parse().ok(),
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if full.is_none() && !(digits && (MIN_PREFIX..64).contains(&text.len())) {
            let message = format!("{text:?} names no event");
            return Err(Error::new(Code::InvalidArgument, message).remedy(
                "Give 64 hex digits, a CID (bafyrei…), or the first 8 digits or more of a hash",
            ));
        }
        self.nodes.find(full, &text.to_ascii_lowercase())
    }

    /// A parent that is not in the file, and its first child in the order.
    pub fn outside(&self, order: &Order, at: usize) -> Option<(Hash, Hash)> {
        let (parent, child) = order.outside.get(at)?;
        Some((self.nodes.hash(*parent), self.nodes.hash(*child)))
    }

    /// Events of the order from `from` on, at most `most`, and behind the first at most `bytes`
    /// bytes of blocks.
    pub fn blocks(
        &mut self,
        order: &Order,
        from: usize,
        most: usize,
        bytes: usize,
    ) -> Result<Vec<(Hash, Vec<u8>)>> {
        let numbers = order.numbers.get(from..).unwrap_or_default();
        let (mut found, mut size) = (Vec::new(), 0);
        for number in numbers.iter().take(most) {
            let (at, length) = self.nodes.place(*number);
            size += length;
            if size > bytes && !found.is_empty() {
                break;
            }
            let mut block = vec![0; length];
            self.seek(at)?;
            let whole = match self.file.read_exact(&mut block) {
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => false,
                result => result.map(|()| true).map_err(|error| unreadable(&error))?,
            };
            self.at += length as u64;
            let hash = self.nodes.hash(*number);
            if !whole || Hash::of(&block) != hash {
                let message = format!("the block at byte {at} changed while the file was read");
                return Err(Error::new(Code::InvalidArgument, message)
                    .hash(hash)
                    .position(at)
                    .remedy(AGAIN));
            }
            found.push((hash, block));
        }
        Ok(found)
    }

    fn seek(&mut self, at: u64) -> Result<()> {
        let by = at.wrapping_sub(self.at) as i64;
        self.at = at;
        self.file.seek_relative(by).map_err(|error| unreadable(&error))
    }
}

impl Counts {
    fn add(&mut self, nodes: &mut Nodes, at: u64, length: usize, block: &Block) -> Result<()> {
        match block {
            Block::Other => self.others += 1,
            Block::Event(hash, parents) if nodes.add(*hash, at, length, parents)? => {
                self.events += 1;
            }
            Block::Event(..) => self.duplicates += 1,
        }
        Ok(())
    }
}
