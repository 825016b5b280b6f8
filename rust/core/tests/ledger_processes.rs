//! Several processes and several handles: the lock, readers beside a writer, forks, and a
//! directory that goes away.
#![allow(missing_docs, unsafe_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod ledger_common;

use ledger_common::*;
use lineseal_core::control::Control;
use lineseal_core::dag::verify_log;
use lineseal_core::error::Code;
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{AckLevel, Ledger, Options, Sharing};
use lineseal_core::media::file::FileMedia;
use lineseal_core::media::{Media, Right};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Set in the process that [`writer_elsewhere`] starts.
const CHILD: &str = "LINESEAL_TEST_LEDGER";

/// Not a test of its own: what the other process does. A name a line comes in, its index goes out.
#[test]
fn child_records_what_it_is_told() {
    let Some(path) = std::env::var_os(CHILD) else {
        eprintln!("skipped: this is the other process of the tests in this file");
        return;
    };
    let ledger = open(Path::new(&path), create()).unwrap();
    println!("\nopen");
    for name in std::io::stdin().lines() {
        let receipt = record(&ledger, &[dataset(&name.unwrap())]).unwrap()[0];
        println!("recorded {}", receipt.index);
    }
    ledger.close().unwrap();
}

struct Elsewhere(Child, BufReader<std::process::ChildStdout>);

fn writer_elsewhere(path: &Path) -> Elsewhere {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_records_what_it_is_told", "--nocapture"])
        .env(CHILD, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut elsewhere = BufReader::new(child.stdout.take().unwrap());
    await_line(&mut elsewhere, "open");
    Elsewhere(child, elsewhere)
}

fn await_line(lines: &mut impl BufRead, begins: &str) -> String {
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the other process ended early");
        if line.starts_with(begins) {
            return line.trim().to_owned();
        }
    }
}

impl Elsewhere {
    fn record(&mut self, name: &str) -> u64 {
        writeln!(self.0.stdin.as_mut().unwrap(), "{name}").unwrap();
        await_line(&mut self.1, "recorded")[9..].parse().unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.0.id() as i32), signal).unwrap();
    }

    fn close(mut self) {
        drop(self.0.stdin.take());
        assert!(self.0.wait().unwrap().success());
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn processes_take_turns_and_know_of_each_others_events() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let mut elsewhere = writer_elsewhere(&path);
    let ledger = open(&path, create()).unwrap();
    for round in 0..5 {
        let theirs = format!("theirs {round}");
        assert_eq!(elsewhere.record(&theirs), 3 * round);
        let parent = Hash::of(&dataset(&theirs));
        assert_eq!(ledger.snapshot().unwrap().get(&parent).unwrap().index, 3 * round);
        let child = prediction(&format!("{round}"), 0, &[parent]);
        let mine = dataset(&format!("mine {round}"));
        let mut receipts = record(&ledger, &[child]).unwrap();
        receipts.extend(record(&ledger, &[dataset(&theirs), mine]).unwrap());
        let told: Vec<_> = receipts.iter().map(|r| (r.index - 3 * round, r.created)).collect();
        assert_eq!(told, [(1, true), (0, false), (2, true)]);
        assert_eq!(elsewhere.record(&format!("mine {round}")), 3 * round + 2);
    }
    elsewhere.close();
    ledger.close().unwrap();
    sound(&path, 15);
}

/// The ledger is closed in order and holds so many events.
fn sound(path: &Path, events: u64) {
    let ledger = open(path, read_only()).unwrap();
    let snapshot = ledger.snapshot().unwrap();
    let report = verify_log(&mut *snapshot.log().unwrap(), &[], &Control::new()).unwrap();
    assert_eq!((report.checked, report.findings), (events, vec![]));
    assert_eq!(fs::metadata(segment(path)).unwrap().len(), ledger.stats().unwrap().bytes);
}

#[test]
fn who_does_not_get_the_lock_is_told_who_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let elsewhere = writer_elsewhere(&path);
    elsewhere.signal(Signal::SIGSTOP);
    let impatient = |milliseconds| {
        let timeout = Duration::from_millis(milliseconds);
        Options { sharing: Sharing { timeout, ..Sharing::default() }, ..create() }
    };
    for milliseconds in [0, 200] {
        let error = open(&path, impatient(milliseconds)).unwrap_err();
        assert_eq!(error.code(), Code::LedgerLocked);
        let (error, pid) = (error.to_string(), elsewhere.0.id());
        assert!(error.contains(&format!("locked by process {pid} on ")), "{error}");
        assert!(error.contains("read_only=True") && error.contains("lineseal serve"), "{error}");
    }
    elsewhere.signal(Signal::SIGCONT);
    let ledger = open(&path, create()).unwrap();
    assert!(record(&ledger, &[dataset("mine")]).unwrap()[0].created);
    elsewhere.close();
}

#[test]
fn who_waits_for_the_lock_may_give_up() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, create()).unwrap();
    let elsewhere = writer_elsewhere(&path);
    elsewhere.signal(Signal::SIGSTOP);
    let soon = Instant::now() + Duration::from_millis(200);
    let batch = Ledger::prepare(&[&dataset("a")]).unwrap();
    let late = ledger.record(batch, &Control::with_deadline(soon)).unwrap_err();
    assert_eq!(late.code(), Code::Timeout);
    let began = Instant::now();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| record(&ledger, &[dataset("b")]));
        std::thread::sleep(Duration::from_millis(100));
        ledger.close().unwrap();
        assert_eq!(waiting.join().unwrap().unwrap_err().code(), Code::Closed);
    });
    assert!(began.elapsed() < Duration::from_secs(5));
    elsewhere.kill();
    let ledger = open(&path, create()).unwrap();
    assert_eq!(ledger.snapshot().unwrap().len(), 0, "who gave up left nothing");
}

#[test]
fn a_killed_writer_leaves_lock_and_ledger_usable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let mut elsewhere = writer_elsewhere(&path);
    elsewhere.record("a");
    elsewhere.kill();
    let ledger = open(&path, create()).unwrap();
    let receipts = record(&ledger, &[dataset("a"), dataset("b")]).unwrap();
    assert_eq!(receipts.iter().map(|r| r.created).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_reader_follows_a_writer_in_another_process() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let mut elsewhere = writer_elsewhere(&path);
    let reader = open(&path, read_only()).unwrap();
    assert_eq!(reader.snapshot().unwrap().len(), 0);
    for n in 0..20 {
        assert_eq!(elsewhere.record(&n.to_string()), n);
        let snapshot = reader.snapshot().unwrap();
        assert_eq!(snapshot.len(), n + 1, "what is acknowledged is seen");
        snapshot.at(n).unwrap();
    }
    elsewhere.kill();
    assert_eq!(reader.snapshot().unwrap().len(), 20);
    let before = files(&path);
    drop(open(&path, read_only()).unwrap());
    assert_eq!(files(&path), before, "a reader writes nothing");
}

fn files(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for name in ["ledger.json", "DURABLE", "LOCK", "segments/000000000000.car"] {
        all.push((name.to_owned(), fs::read(path.join(name)).unwrap()));
    }
    all
}

#[test]
fn a_reader_crosses_into_new_segments() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let writer = open(&path, Options { segment_bytes: Some(1_000), ..create() }).unwrap();
    let reader = open(&path, read_only()).unwrap();
    let hashes = chain(&writer, 30);
    let snapshot = reader.snapshot().unwrap();
    for hash in &hashes {
        snapshot.get(hash).unwrap();
    }
    assert!(reader.stats().unwrap().segments > 5);
    writer.close().unwrap();
    assert_eq!(reader.snapshot().unwrap().len(), 30);
}

#[test]
fn a_reader_refuses_to_write() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    open(&path, create()).unwrap().close().unwrap();
    let reader = open(&path, read_only()).unwrap();
    assert_eq!(record(&reader, &[dataset("a")]).unwrap_err().code(), Code::ReadOnly);
}

#[test]
fn a_process_has_one_writer_of_a_path() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let one = open(&path, create()).unwrap();
    std::os::unix::fs::symlink(&path, dir.path().join("alias")).unwrap();
    let two = open(&dir.path().join("alias"), create()).unwrap();
    assert!(record(&one, &[dataset("a")]).unwrap()[0].created);
    assert!(!record(&two, &[dataset("a")]).unwrap()[0].created);
    one.close().unwrap();
    assert_eq!(record(&one, &[dataset("b")]).unwrap_err().code(), Code::Closed);
    assert!(record(&two, &[dataset("b")]).unwrap()[0].created, "the other handle goes on");
    two.close().unwrap();
    writer_elsewhere(&path).close();
}

#[test]
fn a_copy_of_the_files_does_not_release_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    open(&path, create()).unwrap().close().unwrap();
    let media = FileMedia::new(&path);
    let mut held = media.line_up("LOCK", Right::Log).unwrap();
    assert!(held.advance().unwrap());
    fs::copy(path.join("LOCK"), dir.path().join("copy")).unwrap();
    assert!(media.is_locked("LOCK").unwrap());
    assert!(!media.line_up("LOCK", Right::Log).unwrap().advance().unwrap());
    assert_eq!(media.holder("LOCK").unwrap().process, std::process::id());
}

#[test]
fn who_came_first_gets_the_lock_first() {
    let dir = tempfile::tempdir().unwrap();
    let media = FileMedia::new(dir.path());
    let mut line: Vec<_> = (0..40).map(|_| media.line_up("LOCK", Right::Log).unwrap()).collect();
    assert!(line[0].advance().unwrap() && !line[0].is_wanted().unwrap());
    for waiting in &mut line[1..32] {
        assert!(!waiting.advance().unwrap());
    }
    assert!(line[0].is_wanted().unwrap());
    drop(line.remove(7)); // who gives up leaves no gap
    while line.len() > 1 {
        drop(line.remove(0));
        let got: Vec<_> = line.iter_mut().map(|waiting| waiting.advance().unwrap()).collect();
        assert_eq!(got.iter().position(|got| *got), Some(0));
        assert_eq!(got.iter().filter(|got| **got).count(), 1);
    }
}

#[test]
fn in_a_forked_child_every_call_says_so_until_it_opens_the_ledger_itself() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, create()).unwrap();
    let blocks: Vec<_> = (0..1_000).map(|n| dataset(&n.to_string())).collect();
    record(&ledger, &blocks).unwrap(); // the thread pool runs
    let snapshot = ledger.snapshot().unwrap();
    // SAFETY: the child only calls the ledger and leaves with _exit.
    match unsafe { nix::unistd::fork() }.unwrap() {
        nix::unistd::ForkResult::Child => {
            let code = |result: Option<Code>| result == Some(Code::Forked);
            let views: Vec<&[u8]> = blocks.iter().map(Vec::as_slice).collect();
            let batch = Ledger::prepare(&views); // must not wait for threads that are not there
            let forked = code(ledger.snapshot().err().map(|e| e.code()))
                && code(ledger.stats().err().map(|e| e.code()))
                && code(ledger.submit(batch.unwrap()).err().map(|e| e.code()))
                && code(ledger.close().err().map(|e| e.code()))
                && code(snapshot.at(0).err().map(|e| e.code()));
            let mine = open(&path, create()).unwrap();
            let recorded = record(&mine, &[dataset("from the child")]).unwrap()[0];
            mine.close().unwrap();
            drop((ledger, snapshot));
            let good = forked && (recorded.index, recorded.created) == (1_000, true);
            // SAFETY: ends the child without the harness's exit handlers.
            unsafe { nix::libc::_exit(if good { 0 } else { 1 }) }
        }
        nix::unistd::ForkResult::Parent { child } => {
            use nix::sys::wait::{WaitStatus, waitpid};
            assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0));
        }
    }
    assert!(record(&ledger, &[dataset("after")]).unwrap()[0].created, "the parent goes on");
    assert_eq!(open(&path, create()).unwrap().snapshot().unwrap().len(), 1_002);
    ledger.close().unwrap();
    writer_elsewhere(&path).close();
}

#[test]
fn a_directory_deleted_under_us_is_a_clear_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, create()).unwrap();
    record(&ledger, &[dataset("a")]).unwrap();
    fs::remove_dir_all(&path).unwrap();
    let error = record(&ledger, &[dataset("b")]).unwrap_err();
    assert_eq!(error.code(), Code::LedgerNotFound);
    assert!(error.message().contains("deleted or moved"), "{error}");
    let anew = open(&path, create()).unwrap();
    assert!(record(&anew, &[dataset("a")]).unwrap()[0].created, "a new ledger at the same path");
    assert_eq!(record(&ledger, &[dataset("b")]).unwrap_err().code(), Code::LedgerNotFound);
    drop(ledger);
    assert!(record(&anew, &[dataset("c")]).unwrap()[0].created);
    anew.close().unwrap();
}

#[test]
fn closing_waits_for_what_is_sequenced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, create()).unwrap();
    let tickets: Vec<_> = (0..30)
        .map(|n| ledger.submit(Ledger::prepare(&[&dataset(&n.to_string())]).unwrap()).unwrap())
        .collect();
    ledger.close().unwrap();
    for ticket in tickets {
        ticket.wait(AckLevel::Sequenced, None).unwrap();
    }
    let ledger = open(&path, read_only()).unwrap();
    assert_eq!(ledger.snapshot().unwrap().len(), 30);
}

#[test]
fn a_deadline_that_passed_says_that_the_batch_is_on_its_way() {
    let ledger = memory();
    let control = Control::with_deadline(Instant::now());
    let error = ledger.record(Ledger::prepare(&[&dataset("a")]).unwrap(), &control).unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
}
