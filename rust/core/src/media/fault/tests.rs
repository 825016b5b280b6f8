//! What the rehearsing medium promises its users: it is hostile, and within the contract.

use super::*;

const GROUP: Purpose = Purpose::Group;

fn create(media: &FaultMedia, path: &str) -> Arc<dyn File> {
    media.open(path, Mode::Create).unwrap().unwrap()
}

fn content(media: &FaultMedia, path: &str) -> Option<Vec<u8>> {
    media.files().remove(path)
}

#[test]
fn a_file_is_read_back_as_written() {
    let media = FaultMedia::new(1);
    media.create_dir("segments").unwrap();
    let file = create(&media, "segments/a");
    file.write_at(3, b"xyz").unwrap();
    let mut buffer = [9; 8];
    assert_eq!(file.read_at(1, &mut buffer).unwrap(), 5);
    assert_eq!(buffer, [0, 0, b'x', b'y', b'z', 9, 9, 9]);
    assert_eq!(file.read_at(10, &mut buffer).unwrap(), 0);
    assert_eq!(media.list("segments").unwrap(), ["a"]);
    assert_eq!(media.list("").unwrap(), ["segments"]);
    assert!(media.open("b", Mode::Read).unwrap().is_none());
}

#[test]
fn a_killed_process_leaves_what_it_wrote() {
    for seed in 0..20 {
        let media = FaultMedia::new(seed);
        create(&media, "a").write_at(0, b"abc").unwrap();
        let media = media.crash(Crash::Process);
        assert_eq!(content(&media, "a").as_deref(), Some(&b"abc"[..]));
    }
}

#[test]
fn a_power_cut_takes_unsynced_bytes_and_names() {
    let (mut nameless, mut empty, mut whole) = (false, false, false);
    for seed in 0..100 {
        let media = FaultMedia::new(seed);
        create(&media, "a").write_at(0, b"abc").unwrap();
        match content(&media.crash(Crash::Power), "a").as_deref() {
            None => nameless = true,
            Some(b"abc") => whole = true,
            Some(bytes) => empty |= bytes.iter().all(|byte| *byte == 0),
        }
    }
    assert!(nameless && empty && whole);
}

#[test]
fn both_syncs_together_keep_a_new_file() {
    for seed in 0..50 {
        let media = FaultMedia::new(seed);
        let file = create(&media, "a");
        file.write_at(0, b"abc").unwrap();
        file.sync(GROUP).unwrap();
        media.sync_dir("", GROUP).unwrap();
        assert_eq!(content(&media.crash(Crash::Power), "a").as_deref(), Some(&b"abc"[..]));
    }
}

#[test]
fn a_skipped_sync_claims_success_and_keeps_nothing() {
    let lost = (0..50).any(|seed| {
        let media = FaultMedia::new(seed);
        media.skip(GROUP);
        let file = create(&media, "a");
        file.write_at(0, b"abc").unwrap();
        media.sync_dir("", Purpose::LedgerNames).unwrap();
        file.sync(GROUP).unwrap();
        assert_eq!(media.syncs(), [(Purpose::LedgerNames, String::new())]);
        content(&media.crash(Crash::Power), "a").unwrap() != b"abc"
    });
    assert!(lost);
}

#[test]
fn a_failed_sync_shows_readers_what_the_disk_lacks() {
    let media = FaultMedia::new(3);
    let file = create(&media, "a");
    media.sync_dir("", GROUP).unwrap();
    file.write_at(0, b"abc").unwrap();
    media.fail(Op::Sync, "a", 0, Fault::Sync(Loss::Dropped));
    assert_eq!(file.sync(GROUP).unwrap_err().code(), Code::Storage);
    file.sync(GROUP).unwrap();
    assert_eq!(content(&media, "a").as_deref(), Some(&b"abc"[..]));
    let after = content(&media.crash(Crash::Power), "a").unwrap();
    assert!(after.iter().all(|byte| *byte == 0), "{after:?}");
}

#[test]
fn a_directory_keeps_its_changes_pending_when_its_sync_fails() {
    for seed in 0..20 {
        let media = FaultMedia::new(seed);
        create(&media, "a");
        media.fail(Op::SyncDir, "", 0, Fault::Sync(Loss::Dropped));
        assert!(media.sync_dir("", GROUP).is_err());
        media.sync_dir("", GROUP).unwrap();
        assert!(content(&media.crash(Crash::Power), "a").is_some());
    }
}

#[test]
fn a_short_write_leaves_a_part() {
    let media = FaultMedia::new(4);
    let file = create(&media, "a");
    media.fail(Op::Write, "a", 1, Fault::Short);
    file.write_at(0, &[7; 100]).unwrap();
    assert_eq!(file.write_at(100, &[8; 100]).unwrap_err().code(), Code::Storage);
    let after = content(&media, "a").unwrap();
    assert!(after.len() < 200);
    assert!(after.starts_with(&[7; 100]) && after.iter().skip(100).all(|byte| *byte == 8));
}

#[test]
fn a_full_disk_refuses_growth_and_nothing_else() {
    let media = FaultMedia::new(5);
    let file = create(&media, "a");
    media.set_room(Some(10));
    let error = file.write_at(0, &[1; 16]).unwrap_err();
    assert_eq!((error.code(), error.path_name()), (Code::StorageFull, Some("a")));
    assert_eq!(file.size().unwrap(), 10);
    file.write_at(0, &[2; 10]).unwrap();
    assert_eq!(file.reserve(20).unwrap_err().code(), Code::StorageFull);
    assert_eq!(media.open("b", Mode::Create).unwrap_err().code(), Code::StorageFull);
    file.truncate(4).unwrap();
    file.write_at(4, &[3; 6]).unwrap();
    media.set_room(None);
    file.write_at(10, &[4; 100]).unwrap();
    assert_eq!(file.size().unwrap(), 110);
}

#[test]
fn the_dead_do_nothing_more() {
    let media = FaultMedia::new(6);
    let file = create(&media, "a");
    let held = lock(&media).unwrap();
    media.fail(None, "", 1, Fault::Death);
    file.write_at(0, b"abc").unwrap();
    assert!(file.write_at(3, b"def").is_err());
    assert!(media.is_dead());
    assert!(file.read_at(0, &mut [0; 1]).is_err());
    let next = media.crash(Crash::Process);
    let again = lock(&next).unwrap();
    drop(held);
    assert!(next.is_locked("LOCK").unwrap(), "a lock of a former life freed ours");
    assert!(again.is_current());
    assert!(file.write_at(0, b"zzz").is_err());
    assert!(content(&next, "a").unwrap().starts_with(b"abc"));
}

#[test]
fn a_lock_is_held_once_and_knows_its_file() {
    let media = FaultMedia::new(7);
    assert!(!media.is_locked("LOCK").unwrap());
    let held = lock(&media).unwrap();
    assert!(lock(&media).is_none());
    assert!(media.is_locked("LOCK").unwrap() && held.is_current());
    media.remove("LOCK").unwrap();
    assert!(!held.is_current());
    drop(held);
    assert!(!media.is_locked("LOCK").unwrap());
}

/// The lock, unless another has it.
fn lock(media: &FaultMedia) -> Option<Box<dyn Lock>> {
    let mut lock = media.line_up("LOCK", Right::Log).unwrap();
    lock.advance().unwrap().then_some(lock)
}

#[test]
fn the_dead_leave_the_lock_to_whoever_waits() {
    let media = FaultMedia::new(8);
    let (first, second) = (media.process(), media.process());
    let held = lock(&first).unwrap();
    let mut waiting = second.line_up("LOCK", Right::Log).unwrap();
    assert!(!waiting.advance().unwrap() && held.is_wanted().unwrap());
    first.kill();
    assert!(held.is_wanted().is_err() && first.is_dead() && !second.is_dead());
    assert!(waiting.advance().unwrap());
    drop(held);
    assert!(media.is_locked("LOCK").unwrap(), "a dead process freed what another holds");
}

#[test]
fn a_seed_fixes_what_is_left() {
    let after = |seed| {
        let media = FaultMedia::new(seed);
        let file = create(&media, "a");
        (0..20).for_each(|n| file.write_at(n * 1000, &[n as u8 + 1; 1000]).unwrap());
        media.crash(Crash::Power).files()
    };
    assert!((0..50).all(|seed| after(seed) == after(seed)));
    assert!((0..50).any(|seed| after(seed) != after(seed + 50)));
}

#[test]
fn every_case_of_a_power_cut_is_given_once() {
    let media = FaultMedia::new(8);
    let file = create(&media, "a");
    media.sync_dir("", GROUP).unwrap();
    file.write_at(0, &[1; 3 * 4096]).unwrap();
    file.sync(GROUP).unwrap();
    (0..3).for_each(|page| file.write_at(page * 4096, &[2; 4096]).unwrap());
    file.write_at(0, &[3; 10]).unwrap();
    create(&media, "b");
    assert!(media.power_cuts(23).is_none());
    let cuts = media.power_cuts(24).unwrap();
    let images: std::collections::BTreeSet<_> = cuts.iter().map(FaultMedia::files).collect();
    assert_eq!(
        (cuts.len(), images.len()),
        (24, 24),
        "3 of the first page, 2 of the others, 2 names"
    );
    assert!(images.iter().any(|files| files["a"][..11] == [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2]));
    assert_eq!(content(&media, "a").unwrap()[..10], [3; 10], "the medium itself goes on");
}

#[test]
fn files_put_in_place_are_durable() {
    let files = BTreeMap::from([("a/b/c".to_owned(), vec![1, 2]), ("d".to_owned(), vec![])]);
    for _ in 0..5 {
        let media = FaultMedia::holding(&files).crash(Crash::Power);
        assert_eq!(media.files(), files);
        assert_eq!(media.list("a/b").unwrap(), ["c"]);
    }
}
