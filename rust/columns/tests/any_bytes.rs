//! Whatever lies in a column's buffers: a row becomes one canonical item, or is refused.

use lineseal_columns::{Column, Level, Member, Number, Spans, Tensor, Unit, Values};
use lineseal_core::cbor::Reader;
use proptest::prelude::*;

/// Buffers of one column; those inside it follow.
type Buffers = Vec<Vec<u8>>;

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

/// What decides of a column's layout.
#[derive(Clone, Copy, Debug)]
struct Choice {
    layout: u8,
    number: Number,
    len: usize,
    offset: usize,
    nulls: bool,
    size: usize,
}

fn choice() -> impl Strategy<Value = Choice> {
    (
        0..24_u8,
        prop::sample::select(&NUMBERS[..]),
        0..20_usize,
        0..9_usize,
        any::<bool>(),
        0..5_usize,
    )
        .prop_map(|(layout, number, len, offset, nulls, size)| Choice {
            layout,
            number,
            len,
            offset: if offset == 8 { usize::MAX - 3 } else { offset },
            nulls,
            size,
        })
}

/// Bytes that are often small numbers, so that some rows are whole.
fn buffer() -> impl Strategy<Value = Vec<u8>> {
    let small = (0..6_u8).prop_map(|byte| vec![byte, 0, 0, 0]);
    let any = any::<[u8; 4]>().prop_map(|bytes| bytes.to_vec());
    prop::collection::vec(prop_oneof![4 => small, 1 => any], 0..40).prop_map(|parts| parts.concat())
}

/// A column of these choices: the first its own, the rest those inside it.
fn column<'a>(choices: &[Choice], buffers: &'a [Vec<u8>], ends: &'a [u64]) -> Column<'a> {
    let none = (
        Choice { layout: 0, number: Number::I8, len: 9, offset: 0, nulls: false, size: 0 },
        &[][..],
    );
    let (own, rest) = choices.split_first().map_or(none, |(own, rest)| (*own, rest));
    let data = |at: usize| buffers.get(at % buffers.len()).map_or(&[][..], Vec::as_slice);
    let (a, b, c) = (data(choices.len()), data(choices.len() + 1), data(choices.len() + 2));
    let inside = || Box::new(column(rest, buffers, ends));
    let (number, validity) = (own.number, own.nulls.then_some(c));
    let values = match own.layout {
        0 => Values::Null,
        1 => Values::Bool(a),
        2 => Values::ByteBool(a),
        3 => Values::Moment(if own.nulls { Unit::Nano } else { Unit::Second }, a),
        4 => Values::Day(a),
        5 => Values::DayMillis(a),
        6 => Values::Text(Spans::Offsets32(a), b),
        7 => Values::Text(Spans::Offsets64(a), b),
        8 => Values::Bytes(Spans::Fixed(own.size), b),
        9 => Values::Views(true, a, vec![b, c]),
        10 => Values::Views(false, a, vec![b]),
        11 => Values::List(Spans::Offsets32(a), inside()),
        12 => Values::List(Spans::Views32(a, b), inside()),
        13 => Values::List(Spans::Views64(a, b), inside()),
        14 => Values::List(Spans::Fixed(own.size), inside()),
        15 => Values::Map(Spans::Offsets32(a), inside(), inside()),
        16 => Values::Dictionary(number, a, inside()),
        17 | 18 => {
            let names = ["b", "a", "lineseal:float", "aa"].into_iter().take(own.size);
            let mut members: Vec<_> =
                names.map(|name| Member::new(name.to_owned(), *inside())).collect();
            match Member::sort(&mut members) {
                Ok(()) => Values::Struct(members),
                Err(_) => Values::Null,
            }
        }
        19 => Values::Items(ends, a),
        20 | 21 => Values::Tensor(Tensor {
            dtype: number.dtype(),
            shape: vec![own.size as u64, 2],
            width: if own.layout == 20 { number.width() } else { 0 },
            data: b,
            levels: vec![
                Level { size: own.size, offset: own.offset, validity },
                Level { size: 2, offset: 1, validity: None },
            ],
        }),
        _ => Values::Number(number, a),
    };
    Column { len: own.len, offset: own.offset, validity, values }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_row_is_one_canonical_item_or_refused(
        choices in prop::collection::vec(choice(), 1..5),
        buffers in prop::collection::vec(buffer(), 1..6),
        ends in prop::collection::vec(0..200_u64, 0..20),
        beyond in any::<usize>(),
    ) {
        let buffers: Buffers = buffers;
        let column = column(&choices, &buffers, &ends);
        let items = choices.iter().any(|choice| choice.layout == 19);
        for row in (0..column.len).chain([column.len, beyond]) {
            let mut out = vec![7];
            let put = column.put(row, &mut out);
            let _ = (column.micros(row), column.piece(row), column.suspect(0));
            prop_assert_eq!(out[0], 7);
            // Finished items are not looked at again.
            if put.is_ok() && !items {
                let mut reader = Reader::new(&out[1..]);
                prop_assert!(reader.skip().is_ok(), "{:?}", out);
                prop_assert_eq!(reader.position(), out.len() - 1);
            }
        }
    }
}
