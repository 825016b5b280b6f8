//! Segments: the bytes as they are, and a log made of them whose frames are right, then damaged.
//! What a walk finds sound, opening takes and verification finds sound; what it does not, neither
//! does; and no event is ever given out under another's name.

use arbitrary::{Arbitrary, Unstructured};
use lineseal_core::cid::Cid;
use lineseal_core::control::Control;
use lineseal_core::dag::{report::Check, verify_log};
use lineseal_core::error::Code;
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;
use lineseal_core::index::runs::RunIndex;
use lineseal_core::ledger::{Ledger, Options};
use lineseal_core::media::memory::MemoryMedia;
use lineseal_core::media::{Media, Mode};
use lineseal_core::store::frame::Frame;
use lineseal_core::store::section;
use lineseal_core::store::segment::{self, Header};
use lineseal_core::store::walk::{Plan, Step, Walker};
use std::sync::Arc;

const LEDGER: [u8; 16] = [0x11; 16];
const NONCE: [u8; 16] = [0x22; 16];

/// A log to be made.
#[derive(Arbitrary, Debug)]
struct Log<'a> {
    segments: Vec<Vec<Group<'a>>>,
    damage: Vec<Damage<'a>>,
}

#[derive(Arbitrary, Debug)]
struct Group<'a> {
    events: Vec<Event<'a>>,
    batches: u8,
    clock: u8,
    /// A number of the frame that is made wrong, and by how much.
    twist: Option<(Twist, u8)>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Twist {
    Offset,
    Previous,
    First,
    Crc,
    Nonce,
    Ends,
    Clock,
}

#[derive(Arbitrary, Debug)]
enum Event<'a> {
    /// A sound event with these of the events before as its parents.
    Sound { name: u8, parents: Vec<u8> },
    /// Anything under its hash.
    Bytes(&'a [u8]),
    /// The frame before, as if it were an event.
    Frame,
}

#[derive(Arbitrary, Debug)]
enum Damage<'a> {
    Flip { segment: u8, at: u16, mask: u8 },
    Cut { segment: u8, to: u16 },
    Append { segment: u8, bytes: &'a [u8] },
    Insert { segment: u8, at: u16, bytes: &'a [u8] },
    Zeros { segment: u8, count: u16 },
    Gone { segment: u8 },
}

/// A dataset of this name, made from these.
pub(crate) fn dataset(name: u8, parents: impl Iterator<Item = Hash>) -> (Hash, Vec<u8>) {
    let (mut writer, mut block) = (Writer::new(), Vec::new());
    writer.begin("dataset").expect("a type");
    let mut parents: Vec<Hash> = parents.collect();
    parents.sort_unstable();
    parents.dedup();
    for parent in parents.into_iter().take(100) {
        writer.parent(parent, "").expect("a parent");
    }
    writer.field("name").expect("a field");
    writer.text(&name.to_string()).expect("a text");
    let hash = writer.finish(Fill::Refuse, &mut block).expect("a dataset");
    (hash, block)
}

/// Runs the target.
pub fn run(data: &[u8]) {
    // What does not even begin as a CAR file is one case, not many.
    if data.get(1) == Some(&0xa2) {
        hold(&[(0, data.to_vec())], false);
    }
    if let Ok(log) = Log::arbitrary(&mut Unstructured::new(data)) {
        let mut made = Maker::default();
        log.segments.iter().take(4).for_each(|groups| made.segment(groups));
        let sound = made.sound && log.damage.is_empty();
        log.damage.iter().take(8).for_each(|damage| made.damage(damage));
        hold(&made.files, sound);
    }
}

#[derive(Default)]
struct Maker {
    files: Vec<(u64, Vec<u8>)>,
    hashes: Vec<Hash>,
    last: Option<Hash>,
    clock: i64,
    frame: Vec<u8>,
    sound: bool,
}

impl Maker {
    fn segment(&mut self, groups: &[Group<'_>]) {
        let first = self.hashes.len() as u64;
        if self.files.is_empty() {
            self.sound = true;
        } else if self.files.iter().any(|(other, _)| *other == first) {
            return;
        }
        let header = Header { ledger: LEDGER, nonce: NONCE, first, previous: self.last };
        let mut file = header.bytes();
        let mut previous = 0;
        for group in groups.iter().take(16) {
            previous = self.group(group, &mut file, previous);
        }
        self.files.push((first, file));
    }

    fn group(&mut self, group: &Group<'_>, file: &mut Vec<u8>, previous: u64) -> u64 {
        let (start, first) = (file.len(), self.hashes.len() as u64);
        group.events.iter().take(32).for_each(|event| self.event(event, file));
        let count = self.hashes.len() as u64 - first;
        if count == 0 {
            return previous;
        }
        self.clock += i64::from(group.clock);
        let step = count.div_ceil(u64::from(group.batches).max(1));
        let mut frame = Frame {
            nonce: NONCE,
            offset: file.len() as u64,
            previous,
            first,
            ends: (1..)
                .map(|n| (n * step).min(count))
                .take(count.div_ceil(step) as usize)
                .collect(),
            crc: crc(&file[start..]),
            clock: self.clock,
        };
        if let Some((twist, by)) = group.twist {
            self.sound &= by == 0;
            twisted(&mut frame, twist, by);
        }
        let offset = file.len() as u64;
        self.last = Some(frame.write(file));
        self.frame = file[offset as usize..].to_vec();
        offset
    }

    fn event(&mut self, event: &Event<'_>, file: &mut Vec<u8>) {
        let block = match event {
            Event::Sound { name, parents } => {
                let known = parents.iter().filter_map(|at| self.hashes.get(usize::from(*at)));
                dataset(*name, known.copied()).1
            }
            Event::Bytes(bytes) => bytes.to_vec(),
            Event::Frame => match section::parse(&self.frame) {
                section::Parsed::Section { block, .. } => self.frame[block].to_vec(),
                _ => return,
            },
        };
        let hash = Hash::of(&block);
        let is_sound = matches!(event, Event::Sound { .. }) && !self.hashes.contains(&hash);
        self.sound &= is_sound;
        section::write(file, Cid::event(hash), &block);
        self.hashes.push(hash);
    }

    fn damage(&mut self, damage: &Damage<'_>) {
        let at = match damage {
            Damage::Flip { segment, .. }
            | Damage::Cut { segment, .. }
            | Damage::Append { segment, .. }
            | Damage::Insert { segment, .. }
            | Damage::Zeros { segment, .. }
            | Damage::Gone { segment } => usize::from(*segment),
        };
        let Some(at) = at.checked_rem(self.files.len()) else { return };
        if let Damage::Gone { .. } = damage {
            self.files.remove(at);
            return;
        }
        let file = &mut self.files[at].1;
        let within = |at: u16| usize::from(at) % (file.len() + 1);
        match damage {
            Damage::Flip { at, mask, .. } => {
                let at = within(*at);
                if let Some(byte) = file.get_mut(at) {
                    *byte ^= mask;
                }
            }
            Damage::Cut { to, .. } => file.truncate(within(*to)),
            Damage::Append { bytes, .. } => file.extend_from_slice(bytes),
            Damage::Insert { at, bytes, .. } => {
                let at = within(*at);
                file.splice(at..at, bytes.iter().copied());
            }
            Damage::Zeros { count, .. } => file.resize(file.len() + usize::from(*count), 0),
            Damage::Gone { .. } => {}
        }
    }
}

fn twisted(frame: &mut Frame, twist: Twist, by: u8) {
    let more = u64::from(by);
    match twist {
        Twist::Offset => frame.offset += more,
        Twist::Previous => frame.previous += more,
        Twist::First => frame.first += more,
        Twist::Crc => frame.crc ^= u32::from(by),
        Twist::Nonce => frame.nonce[0] ^= by,
        Twist::Ends => frame.ends.iter_mut().for_each(|end| *end += more),
        Twist::Clock => frame.clock -= i64::from(by) << 10,
    }
}

/// CRC-32 (IEEE), bit by bit: another way than the product's.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// A ledger's files in memory.
fn media(files: &[(u64, Vec<u8>)]) -> Arc<MemoryMedia> {
    let media = MemoryMedia::new();
    let put = |path: &str, bytes: &[u8]| {
        let file = media.open(path, Mode::Create).expect("memory").expect("it is made");
        file.write_at(0, bytes).expect("memory");
    };
    let id = data_encoding::HEXLOWER.encode(&LEDGER);
    let checksum = Hash::of(format!("0\n{id}\nfuzz").as_bytes());
    let meta = format!(
        "{{\n  \"format\": \"0\",\n  \"id\": \"{id}\",\n  \"origin\": \"fuzz\",\n  \
         \"checksum\": \"sha256:{checksum}\"\n}}\n"
    );
    put("ledger.json", meta.as_bytes());
    put("DURABLE", &[0; 1024]);
    files.iter().for_each(|(first, bytes)| put(&segment::path(*first), bytes));
    Arc::new(media)
}

fn open(media: &Arc<MemoryMedia>, read_only: bool) -> lineseal_core::error::Result<Ledger> {
    let options = Options { read_only, ..Options::default() };
    Ledger::open_on(media.clone(), Box::new(RunIndex::in_memory()), options)
}

fn hold(files: &[(u64, Vec<u8>)], sound: bool) {
    let media = media(files);
    let walked = walk(&media);
    assert!(!sound || walked.sound && !walked.torn, "damage in a sound log");
    match open(&media, true) {
        Err(error) => {
            assert!(matches!(error.code(), Code::CorruptLedger | Code::Unsupported), "{error}");
            assert!(!walked.sound, "a sound log was not opened: {error}");
        }
        Ok(ledger) => {
            reading(&ledger, &walked, sound);
            ledger.close().expect("memory closes");
        }
    }
    writing(&media, &walked);
}

struct Walked {
    sound: bool,
    torn: bool,
    next: u64,
    /// The names of the events of sound groups.
    events: Vec<(u64, Hash)>,
}

fn walk(media: &Arc<MemoryMedia>) -> Walked {
    let plan = Plan { ledger: LEDGER, marks: Vec::new(), bound: None };
    let mut walker = Walker::new(media.clone(), plan).expect("memory can be read");
    let mut walked = Walked { sound: true, torn: false, next: 0, events: Vec::new() };
    loop {
        match walker.step().expect("memory can be read") {
            Step::Segment(..) => {}
            Step::Fault(_) | Step::Lost(_) => walked.sound = false,
            Step::Group(group) => {
                walked.sound &= group.faults.is_empty() && group.lost == 0;
                if group.faults.is_empty() {
                    let names = group.events.iter().map(|event| event.0);
                    walked.events.extend((group.first..).zip(names));
                }
            }
            Step::End(ending) => {
                walked.torn = ending.torn || ending.unborn.is_some();
                walked.next = ending.cursor.next;
                return walked;
            }
        }
    }
}

/// Each event is itself; verification agrees with the walk.
fn reading(ledger: &Ledger, walked: &Walked, sound: bool) {
    let snapshot = ledger.snapshot().expect("it is open");
    assert_eq!(snapshot.len(), walked.next);
    for index in 0..snapshot.len().min(300) {
        match snapshot.at(index) {
            Ok(stored) => {
                assert_eq!((Hash::of(&stored.block), stored.index), (stored.hash, index));
                match snapshot.get(&stored.hash) {
                    Ok(first) => assert!(first.index <= index && first.block == stored.block),
                    // Its first copy is damaged, and this is another.
                    Err(error) => assert!(!walked.sound, "{error}"),
                }
            }
            Err(error) => assert_eq!(error.code(), Code::CorruptLedger, "{error}"),
        }
    }
    let mut log = snapshot.log().expect("it can be read");
    let report = verify_log(log.as_mut(), &[], &Control::new()).expect("nobody stops it");
    let structure = [Check::Segment, Check::Index];
    let clean =
        report.counts.iter().all(|(check, count)| *count == 0 || !structure.contains(check));
    assert_eq!(clean, walked.sound, "{:?}", report.findings);
    assert!(!sound || report.findings.is_empty(), "{:?}", report.findings);
}

/// A log opens for writing exactly when it is sound; then it takes an event, and keeps the others.
fn writing(media: &Arc<MemoryMedia>, walked: &Walked) {
    let ledger = match open(media, false) {
        Err(error) => {
            assert_eq!(error.code(), Code::CorruptLedger, "{error}");
            assert!(!walked.sound, "a sound log was refused: {error}");
            return;
        }
        Ok(ledger) => ledger,
    };
    assert!(walked.sound, "damage was opened for writing");
    let (hash, block) = dataset(0, [Hash([7; 32])].into_iter().filter(|_| false));
    let batch = Ledger::prepare(&[&block]).expect("a dataset");
    ledger.record(batch, &Control::new()).expect("memory has room");
    ledger.close().expect("memory closes");
    let after = walk(media);
    assert!(after.sound && !after.torn, "recovery left damage");
    assert!(after.events.starts_with(&walked.events), "recovery lost events");
    assert!(after.events.iter().any(|event| event.1 == hash));
}
