//! A disk that does not answer: whoever waits for room may give up, and nothing of them is left;
//! and a fault of our own while a group is written.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod ledger_common;

use ledger_common::*;
use lineseal_core::control::Control;
use lineseal_core::error::{Code, Result};
use lineseal_core::index::runs::RunIndex;
use lineseal_core::ledger::{AckLevel, Ledger};
use lineseal_core::media::memory::MemoryMedia;
use lineseal_core::media::{File, Holder, Lock, Media, Mode, Purpose, Right};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Whether groups must wait for the disk, and whether writing one panics.
#[derive(Debug, Default)]
struct Gate(Mutex<bool>, Condvar, AtomicBool);

impl Gate {
    fn set(&self, shut: bool) {
        *self.0.lock().unwrap() = shut;
        self.1.notify_all();
    }

    fn pass(&self) {
        let guard = self.0.lock().unwrap();
        drop(self.1.wait_while(guard, |shut| *shut).unwrap());
        assert!(!self.2.load(Relaxed), "a fault that a test makes");
    }
}

#[derive(Debug)]
struct Slow<T>(T, Arc<Gate>);

impl Media for Slow<MemoryMedia> {
    fn open(&self, path: &str, mode: Mode) -> Result<Option<Arc<dyn File>>> {
        let file = self.0.open(path, mode)?;
        Ok(file.map(|file| Arc::new(Slow(file, self.1.clone())) as Arc<dyn File>))
    }
    fn list(&self, dir: &str) -> Result<Vec<String>> {
        self.0.list(dir)
    }
    fn create_dir(&self, dir: &str) -> Result<()> {
        self.0.create_dir(dir)
    }
    fn rename(&self, from: &str, to: &str) -> Result<()> {
        self.0.rename(from, to)
    }
    fn remove(&self, path: &str) -> Result<()> {
        self.0.remove(path)
    }
    fn sync_dir(&self, dir: &str, purpose: Purpose) -> Result<()> {
        self.0.sync_dir(dir, purpose)
    }
    fn line_up(&self, path: &str, right: Right) -> Result<Box<dyn Lock>> {
        self.0.line_up(path, right)
    }
    fn holder(&self, path: &str) -> Option<Holder> {
        self.0.holder(path)
    }
    fn is_locked(&self, path: &str) -> Result<bool> {
        self.0.is_locked(path)
    }
}

impl File for Slow<Arc<dyn File>> {
    fn is_current(&self) -> bool {
        self.0.is_current()
    }

    fn size(&self) -> Result<u64> {
        self.0.size()
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        self.0.read_at(offset, buffer)
    }
    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.0.write_at(offset, bytes)
    }
    fn reserve(&self, length: u64) -> Result<()> {
        self.0.reserve(length)
    }
    fn truncate(&self, length: u64) -> Result<()> {
        self.0.truncate(length)
    }
    fn sync(&self, purpose: Purpose) -> Result<()> {
        if matches!(purpose, Purpose::Group) {
            self.1.pass();
        }
        self.0.sync(purpose)
    }
}

/// Nine megabytes: two of them are more than the open group takes.
fn large(name: &str) -> Vec<Vec<u8>> {
    (0..9).map(|n| dataset(&format!("{name} {n} {}", "x".repeat(1_000_000)))).collect()
}

fn submit(ledger: &Ledger, blocks: &[Vec<u8>]) {
    let blocks: Vec<&[u8]> = blocks.iter().map(Vec::as_slice).collect();
    ledger.submit(Ledger::prepare(&blocks).unwrap()).unwrap();
}

fn refusal(ledger: &Ledger, control: &Control) -> (Code, Duration) {
    let blocks = large("refused");
    let blocks: Vec<&[u8]> = blocks.iter().map(Vec::as_slice).collect();
    let batch = Ledger::prepare(&blocks).unwrap();
    let start = Instant::now();
    (ledger.record(batch, control).unwrap_err().code(), start.elapsed())
}

#[test]
fn who_waits_for_room_may_give_up_and_leaves_nothing() {
    let gate = Arc::new(Gate::default());
    let media = Arc::new(Slow(MemoryMedia::new(), gate.clone()));
    let ledger = Ledger::open_on(media, Box::new(RunIndex::in_memory()), create()).unwrap();
    gate.set(true);
    submit(&ledger, &[dataset("first")]);
    // A group waits for the disk; what comes next fills the open one.
    submit(&ledger, &large("a"));
    std::thread::sleep(Duration::from_millis(200));
    submit(&ledger, &large("b").split_off(3));

    let soon = Control::with_deadline(Instant::now() + Duration::from_millis(300));
    let (code, waited) = refusal(&ledger, &soon);
    assert_eq!(code, Code::Timeout);
    assert!(waited < Duration::from_secs(5), "{waited:?}");

    let control = Control::new();
    let (code, _) = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(200));
            control.cancel();
        });
        refusal(&ledger, &control)
    });
    assert_eq!(code, Code::Cancelled);

    gate.set(false);
    record(&ledger, &[dataset("last")]).unwrap();
    let names = ledger.snapshot().unwrap().len();
    assert_eq!(names, 1 + 9 + 6 + 1, "what gave up is not there");
    ledger.close().unwrap();
}

/// Whoever waits is told, whichever thread it was; and the ledger can be opened anew.
#[test]
fn a_panic_while_a_group_is_written_leaves_its_outcome_unknown() {
    for way in 0..3 {
        let gate = Arc::new(Gate::default());
        let media = Arc::new(Slow(MemoryMedia::new(), gate.clone()));
        let open =
            || Ledger::open_on(media.clone(), Box::new(RunIndex::in_memory()), create()).unwrap();
        let ledger = open();
        record(&ledger, &[dataset("before")]).unwrap();
        gate.2.store(true, Relaxed);
        let batch = Ledger::prepare(&[&dataset("during")]).unwrap();
        let told = match way {
            0 => ledger.record(batch, &Control::new()),
            1 => ledger.submit(batch).unwrap().wait(AckLevel::Sequenced, None),
            _ => ledger.begin_at_once(&batch, &Control::new()).unwrap().unwrap().finish(),
        };
        assert_eq!(told.unwrap_err().code(), Code::OutcomeUnknown, "way {way}");
        gate.2.store(false, Relaxed);
        let next = record(&ledger, &[dataset("next")]);
        assert_eq!(next.unwrap_err().code(), Code::OutcomeUnknown, "way {way}");
        ledger.close().unwrap();
        let ledger = open();
        assert!(!record(&ledger, &[dataset("before")]).unwrap()[0].created);
        record(&ledger, &[dataset("during")]).unwrap();
        assert_eq!(ledger.snapshot().unwrap().len(), 2);
    }
}
