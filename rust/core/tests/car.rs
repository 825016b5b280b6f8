//! CAR files: what is written is read back, whatever the order; every damage is seen.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use lineseal_core::car::{Counts, Parcel, header, section};
use lineseal_core::cid::Cid;
use lineseal_core::control::Control;
use lineseal_core::error::{Code, Error};
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;
use proptest::prelude::*;
use std::io::Cursor;

/// An event made from others.
fn event(name: &str, parents: &[Hash]) -> (Hash, Vec<u8>) {
    let (mut writer, mut block) = (Writer::new(), Vec::new());
    writer.begin("dataset").unwrap();
    for parent in parents {
        writer.parent(*parent, "").unwrap();
    }
    writer.field("name").unwrap();
    writer.text(name).unwrap();
    let hash = writer.finish(Fill::Refuse, &mut block).unwrap();
    (hash, block)
}

/// Six events, parents first: a diamond, and two by themselves.
fn story() -> Vec<(Hash, Vec<u8>)> {
    let a = event("a", &[]);
    let b = event("b", &[a.0]);
    let c = event("c", &[a.0]);
    let d = event("d", &[b.0, c.0]);
    let e = event("e", &[]);
    let f = event("f", &[Hash([7; 32])]);
    vec![a, b, c, d, e, f]
}

fn car(roots: &[Hash], events: &[(Hash, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = header(roots);
    events.iter().for_each(|(hash, block)| section(&mut bytes, *hash, block));
    bytes
}

fn read(bytes: &[u8]) -> Result<Parcel<Cursor<&[u8]>>, Error> {
    Parcel::read(Cursor::new(bytes), &Control::new())
}

fn all(parcel: &mut Parcel<Cursor<&[u8]>>) -> Vec<(Hash, Vec<u8>)> {
    let order = parcel.all();
    let mut found = Vec::new();
    while found.len() < order.len() {
        found.extend(parcel.blocks(&order, found.len(), 2, 1 << 20).unwrap());
    }
    found
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let events = story();
    let bytes = car(&[events[3].0], &events);
    let mut parcel = read(&bytes).unwrap();
    assert_eq!(parcel.counts(), Counts { events: 6, duplicates: 0, others: 0 });
    assert_eq!((all(&mut parcel), parcel.lacking()), (events.clone(), &[][..]));
    let order = parcel.all();
    assert_eq!(parcel.outside(&order, 0), Some((Hash([7; 32]), events[5].0)));
    assert_eq!(parcel.outside(&order, 1), None);
}

#[test]
fn names_of_all_forms_take_their_ancestors_along() {
    let events = story();
    let bytes = car(&[], &events);
    let mut parcel = read(&bytes).unwrap();
    let d = events[3].0;
    for name in [d.to_string(), Cid::event(d).to_string(), d.to_string()[..8].to_uppercase()] {
        let order = parcel.of(&[name]).unwrap();
        let mut found = parcel.blocks(&order, 0, 10, 1 << 20).unwrap();
        assert_eq!((&found[0], &found[3]), (&events[0], &events[3]));
        found[1..3].sort_by_key(|event| *event != events[1]);
        assert_eq!(found, events[..4]);
    }
    for (name, code) in [
        (Hash([7; 32]).to_string(), Code::EventNotFound),
        ("12345678".to_owned(), Code::EventNotFound),
        ("1234".to_owned(), Code::InvalidArgument),
        (Cid::raw(d).to_string(), Code::InvalidArgument),
        ("ä".repeat(4), Code::InvalidArgument),
    ] {
        assert_eq!(parcel.of(&[name]).unwrap_err().code(), code);
    }
}

#[test]
fn a_root_that_is_not_there_is_told() {
    let events = story();
    let bytes = car(&[events[3].0, Hash([9; 32])], &events[..3]);
    let mut lacking = vec![events[3].0, Hash([9; 32])];
    lacking.sort();
    assert_eq!(read(&bytes).unwrap().lacking(), lacking);
}

#[test]
fn a_cut_anywhere_is_an_error_or_shows_in_the_roots() {
    let events = story();
    let bytes = car(&[events[5].0], &events);
    for end in 0..bytes.len() {
        match read(&bytes[..end]) {
            Ok(parcel) => assert_eq!(parcel.lacking(), [events[5].0], "cut at {end}"),
            Err(error) => {
                assert!(error.position_number().is_some() && error.remedy_text().is_some())
            }
        }
    }
}

#[test]
fn a_flip_of_any_byte_gives_no_other_event() {
    let events = story();
    let bytes = car(&[events[5].0], &events);
    for at in 0..bytes.len() {
        for flip in [1, 0x80, 0xff] {
            let mut bad = bytes.clone();
            bad[at] ^= flip;
            let Ok(mut parcel) = read(&bad) else { continue };
            // Only what tells nothing of the events is left: the roots, and the kinds of CIDs.
            let found = all(&mut parcel);
            assert!(found.iter().all(|event| events.contains(event)), "byte {at}");
            let told = parcel.counts().others > 0 || !parcel.lacking().is_empty();
            assert!(found.len() == 6 || told, "byte {at}: {found:?}");
        }
    }
}

#[test]
fn zeros_at_the_end_are_reserved_room_and_zeros_between_are_not() {
    let events = story();
    let mut bytes = car(&[], &events);
    bytes.resize(bytes.len() + 100_000, 0);
    assert_eq!(read(&bytes).unwrap().counts().events, 6);
    bytes.push(1);
    let error = read(&bytes).unwrap_err();
    assert!(error.message().starts_with("block 6 at byte"), "{error}");
}

#[test]
fn a_stated_length_takes_no_memory() {
    let events = story();
    for length in [&[0xff, 0xff, 0xff, 0x7f][..], &[0xff; 8], &[0xff; 20]] {
        let bytes = [&car(&[], &events)[..], length, &[0; 64]].concat();
        let error = read(&bytes).unwrap_err();
        assert!(error.message().starts_with("block 6 at byte"), "{error}");
    }
}

#[test]
fn a_file_that_changes_between_the_looks_gives_nothing_else() {
    let events = story();
    let path = tempfile::NamedTempFile::new().unwrap();
    let bytes = car(&[], &events);
    std::fs::write(path.path(), &bytes).unwrap();
    let file = std::fs::File::open(path.path()).unwrap();
    let mut parcel = Parcel::read(file, &Control::new()).unwrap();
    let order = parcel.all();
    let mut bad = bytes.clone();
    *bad.last_mut().unwrap() ^= 1;
    std::fs::write(path.path(), &bad).unwrap();
    let error = parcel.blocks(&order, 0, 10, 1 << 20).unwrap_err();
    assert_eq!(error.hash_hex(), Some(events[5].0.to_string().as_str()));
    std::fs::write(path.path(), &bytes).unwrap();
    let file = std::fs::File::open(path.path()).unwrap();
    let mut parcel = Parcel::read(file, &Control::new()).unwrap();
    std::fs::write(path.path(), &bytes[..bytes.len() - 1]).unwrap();
    let error = parcel.blocks(&order, 5, 10, 1 << 20).unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
}

#[test]
fn a_reading_is_cancelled() {
    let control = Control::new();
    control.cancel();
    let bytes = car(&[], &story());
    let error = Parcel::read(Cursor::new(&bytes), &control).unwrap_err();
    assert_eq!(error.code(), Code::Cancelled);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_and_any_repetition_gives_the_same_events_parents_first(
        links in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..4), 1..40),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..120),
    ) {
        let mut events: Vec<(Hash, Vec<u8>)> = Vec::new();
        for (n, links) in links.iter().enumerate() {
            let mut parents: Vec<Hash> =
                links.iter().filter(|_| n > 0).map(|link| events[link.index(n)].0).collect();
            parents.sort();
            parents.dedup();
            events.push(event(&n.to_string(), &parents));
        }
        let mut shuffled: Vec<_> = places.iter().map(|at| events[at.index(events.len())].clone()).collect();
        shuffled.extend(events.iter().rev().cloned());
        let bytes = car(&[], &shuffled);
        let mut parcel = read(&bytes).unwrap();
        let found = all(&mut parcel);
        prop_assert_eq!(found.len(), events.len());
        prop_assert_eq!(parcel.counts().duplicates as usize, places.len());
        prop_assert_eq!(parcel.all().outside(), 0);
        let place = |hash: &Hash| found.iter().position(|(other, _)| other == hash).unwrap();
        for (hash, block) in &found {
            let view = lineseal_core::event::check(block, lineseal_core::event::Level::Record).unwrap();
            for parent in view.distinct_parents() {
                prop_assert!(place(&parent) < place(hash));
            }
        }
        // Whatever order they stood in, an event and its ancestors come in one order.
        let last = [events[events.len() - 1].0.to_string()];
        let order = parcel.of(&last).unwrap();
        let tidy = car(&[], &events);
        let mut tidy = read(&tidy).unwrap();
        let other = tidy.of(&last).unwrap();
        prop_assert_eq!(
            parcel.blocks(&order, 0, 100, 1 << 30).unwrap(),
            tidy.blocks(&other, 0, 100, 1 << 30).unwrap()
        );
    }
}
