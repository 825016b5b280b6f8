//! Columns: rows are written without a check of what comes out, so whatever lies in the buffers,
//! each row is an event that every level accepts, or an error that names it; and the index is told
//! of it what it is told of events that came as blocks.

use arbitrary::{Arbitrary, Result, Unstructured};
use lineseal_columns::{Chunks, Column, Level, Member, Number, Spans, Table, Tensor, Unit, Values};
use lineseal_core::control::Control;
use lineseal_core::error::Code;
use lineseal_core::event::{Cell, Rows, Time, check, keys};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Ledger, Options, Place, Seen};
use typed_arena::Arena;

/// Buffers that are made rather than taken from the input.
type Made<'a> = &'a Arena<u8>;

const NUMBERS: [Number; 11] = [
    Number::I8,
    Number::I16,
    Number::I32,
    Number::I64,
    Number::U8,
    Number::U16,
    Number::U32,
    Number::U64,
    Number::F16,
    Number::F32,
    Number::F64,
];
const UNITS: [Unit; 4] = [Unit::Second, Unit::Milli, Unit::Micro, Unit::Nano];
const NAMES: [&str; 9] =
    ["a", "b", "ab", "", "/", "ä", "lineseal:float", "lineseal:tensor", "lineseal:sealed"];
const FIELDS: [&str; 10] = [
    "prediction_id",
    "inputs",
    "output",
    "status",
    "error",
    "latency_us",
    "stream",
    "seq",
    "properties",
    "ids",
];

/// Runs the target.
pub fn run(data: &[u8]) {
    let made = Arena::new();
    let mut input = Unstructured::new(data);
    // The input ended: the smaller ones were run before.
    let _ = try_run(&mut input, &made);
}

fn try_run<'a>(u: &mut Unstructured<'a>, made: Made<'a>) -> Result<()> {
    let len = u.int_in_range(1..=6)?;
    let orphan = bool::arbitrary(u)?;
    let time = i64::arbitrary(u)?;
    let mut rows = rows(time, orphan);
    for _ in 0..u.int_in_range(1..=4)? {
        let field = u.choose(&FIELDS)?;
        let cell: Box<dyn Cell + 'a> = match u.int_in_range(0..=4)? {
            0 => Box::new(table(u, made, len)?),
            1 => Box::new(Chunks::new([column(u, made, 1, 0)?, column(u, made, len - 1, 0)?])),
            _ => Box::new(Chunks::new([column(u, made, len, 0)?])),
        };
        // One field twice is refused by whoever collects them.
        if !rows.1.contains(field) {
            rows.1.push(field);
            rows.0.field(field, cell).expect("the field is one of predictions");
        }
    }
    let mut rows = rows.0;
    rows.lay_out().expect("nothing is missing");
    hold(&rows, len);
    Ok(())
}

fn rows<'a>(time: i64, orphan: bool) -> (Rows<'a>, Vec<&'static str>) {
    let mut rows = Rows::new("prediction", Time::At(time), "fuzz").expect("a happening");
    match orphan {
        true => rows.no_parents(),
        false => rows.parent(parent().0, "model"),
    }
    (rows, Vec::new())
}

fn parent() -> (Hash, Vec<u8>) {
    crate::segment::dataset(0, std::iter::empty())
}

fn hold(rows: &Rows<'_>, len: usize) {
    let most = (len, 1 << 20);
    let batches = match Ledger::prepare_rows(rows, 0..len, most, &mut Seen::default()) {
        Ok(batches) => batches,
        Err(error) => {
            let known = matches!(error.code(), Code::InvalidRecord | Code::InvalidArgument);
            assert!(known && error.remedy_text().is_some(), "{error}");
            assert!(error.position_number().is_some_and(|row| row < len as u64), "{error}");
            return;
        }
    };
    let hashes: Vec<Hash> = batches.iter().flat_map(|batch| batch.hashes()).collect();
    let blocks: Vec<Vec<u8>> =
        batches.iter().flat_map(|batch| batch.blocks()).map(<[u8]>::to_vec).collect();
    for (hash, block) in hashes.iter().zip(&blocks) {
        assert_eq!(Hash::of(block), *hash);
        check(block, lineseal_core::event::Level::Record).expect("a row's event is sound");
        crate::block::run(block);
    }
    let ledger = Ledger::open(Place::Memory, Options::default()).expect("memory is there");
    let first = Ledger::prepare(&[&parent().1]).expect("a dataset");
    ledger.record(first, &Control::new()).expect("memory has room");
    for batch in batches {
        ledger.record(batch, &Control::new()).expect("the parent is there");
    }
    let snapshot = ledger.snapshot().expect("open");
    for (hash, block) in hashes.iter().zip(&blocks) {
        assert_eq!(snapshot.get(hash).expect("it was recorded").block, *block);
        let view = check(block, lineseal_core::event::Level::Record).expect("it was");
        keys::for_each(&view, &mut |kind, text| {
            let found = snapshot.find(kind, text, None, usize::MAX, usize::MAX).expect("open");
            assert!(found.iter().any(|event| event.hash == *hash), "not found by {text:?}");
        });
    }
    ledger.close().expect("memory closes");
}

fn table<'a>(u: &mut Unstructured<'a>, made: Made<'a>, len: usize) -> Result<Table<'a>> {
    let mut members: Vec<Member<Box<dyn Cell + 'a>>> = Vec::new();
    for name in names(u)? {
        members.push(Member::new(name, Box::new(Chunks::new([column(u, made, len, 1)?]))));
    }
    Ok(Table::new(members).expect("no name is there twice"))
}

fn names(u: &mut Unstructured<'_>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        let name = match u.ratio(3, 4)? {
            true => (*u.choose(&NAMES)?).to_owned(),
            false => String::arbitrary(u)?,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn column<'a>(
    u: &mut Unstructured<'a>,
    made: Made<'a>,
    len: usize,
    depth: usize,
) -> Result<Column<'a>> {
    let offset = u.int_in_range(0..=2)?;
    let validity = if u.ratio(1, 4)? { Some(some(u)?) } else { None };
    Ok(Column { len, offset, validity, values: values(u, made, len + offset, depth)? })
}

/// Buffers of about the size that `rows` rows need; shorter ones, too.
fn sized<'a>(u: &mut Unstructured<'a>, rows: usize, width: usize) -> Result<&'a [u8]> {
    let want = rows * width;
    let count = if u.ratio(1, 16)? { want / 2 } else { want };
    u.bytes(count.min(u.len()))
}

fn some<'a>(u: &mut Unstructured<'a>) -> Result<&'a [u8]> {
    let most = u.len().min(24);
    let count = u.int_in_range(0..=most)?;
    u.bytes(count.min(u.len()))
}

fn spans<'a>(u: &mut Unstructured<'a>, made: Made<'a>, rows: usize) -> Result<Spans<'a>> {
    if u.ratio(1, 8)? {
        return Ok(Spans::Fixed(u.int_in_range(0..=4)?));
    }
    let mut ends = vec![u.int_in_range(0..=2_i64)?];
    for _ in 0..rows {
        let step =
            if u.ratio(1, 16)? { i64::from(i8::arbitrary(u)?) } else { u.int_in_range(0..=3)? };
        ends.push(ends.last().copied().unwrap_or_default() + step);
    }
    let small = |made: Made<'a>, numbers: &[i64]| -> &'a [u8] {
        made.alloc_extend(numbers.iter().flat_map(|n| (*n as i32).to_ne_bytes()))
    };
    let large = |made: Made<'a>, numbers: &[i64]| -> &'a [u8] {
        made.alloc_extend(numbers.iter().flat_map(|n| n.to_ne_bytes()))
    };
    let sizes: Vec<i64> = ends.iter().map(|end| end % 4).collect();
    Ok(match u.int_in_range(0..=3)? {
        0 => Spans::Offsets32(small(made, &ends)),
        1 => Spans::Offsets64(large(made, &ends)),
        2 => Spans::Views32(small(made, &ends), small(made, &sizes)),
        _ => Spans::Views64(large(made, &ends), large(made, &sizes)),
    })
}

fn values<'a>(
    u: &mut Unstructured<'a>,
    made: Made<'a>,
    rows: usize,
    depth: usize,
) -> Result<Values<'a>> {
    let nested = depth < 3 || (depth < 30 && u.ratio(7, 8)?);
    Ok(match u.int_in_range(0..=if nested { 17 } else { 11 })? {
        0 => Values::Null,
        1 => Values::Bool(some(u)?),
        2 => Values::ByteBool(sized(u, rows, 1)?),
        3 | 4 => {
            let number = *u.choose(&NUMBERS)?;
            Values::Number(number, sized(u, rows, number.width())?)
        }
        5 => Values::Moment(*u.choose(&UNITS)?, sized(u, rows, 8)?),
        6 => Values::Day(sized(u, rows, 4)?),
        7 => Values::DayMillis(sized(u, rows, 8)?),
        8 | 9 => Values::Text(spans(u, made, rows)?, some(u)?),
        10 => Values::Bytes(spans(u, made, rows)?, some(u)?),
        11 => Values::Views(bool::arbitrary(u)?, sized(u, rows, 16)?, vec![some(u)?, some(u)?]),
        12 => Values::List(spans(u, made, rows)?, Box::new(column(u, made, 3 * rows, depth + 1)?)),
        13 => tensor(u, rows)?,
        14 | 15 => {
            let mut members = Vec::new();
            for name in names(u)? {
                members.push(Member::new(name, column(u, made, rows, depth + 1)?));
            }
            Member::sort(&mut members).expect("no name is there twice");
            Values::Struct(members)
        }
        16 => {
            let keys = Box::new(column(u, made, 3 * rows, 30)?);
            Values::Map(
                spans(u, made, rows)?,
                keys,
                Box::new(column(u, made, 3 * rows, depth + 1)?),
            )
        }
        _ => {
            let number = *u.choose(&NUMBERS)?;
            let places = sized(u, rows, number.width())?;
            Values::Dictionary(number, places, Box::new(column(u, made, 4, depth + 1)?))
        }
    })
}

fn tensor<'a>(u: &mut Unstructured<'a>, rows: usize) -> Result<Values<'a>> {
    let (mut shape, mut levels) = (Vec::new(), Vec::new());
    for _ in 0..u.int_in_range(1..=3)? {
        let size = u.int_in_range(0..=3)?;
        let validity = if u.ratio(1, 8)? { Some(some(u)?) } else { None };
        shape.push(size as u64);
        levels.push(Level { size, offset: u.int_in_range(0..=1)?, validity });
    }
    let count: usize = levels.iter().map(|level| level.size).product();
    let number = *u.choose(&NUMBERS)?;
    Ok(Values::Tensor(match u.ratio(1, 4)? {
        true => Tensor { dtype: "bool", shape, width: 0, data: some(u)?, levels },
        false => {
            let data = sized(u, (rows + 4) * count, number.width())?;
            Tensor { dtype: number.dtype(), shape, width: number.width(), data, levels }
        }
    }))
}
