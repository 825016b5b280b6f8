//! One contiguous column: its layout, and how a row of it becomes an item. May use bits, number, refuse,
//! spans, tensor, time, lineseal-core.

use crate::bits::bit;
use crate::number::{Number, read};
use crate::refuse::{fits, refusal, there};
use crate::spans::{Spans, viewed};
use crate::tensor::Tensor;
use crate::time::{self, Unit};
use lineseal_core::cbor::{Reader, Token, join, push_index, push_key};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::items;
use std::cmp::Ordering;
use std::ops::Range;

/// Values behind one another, some of which may be null.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    /// Rows.
    pub len: usize,
    /// Where the first row stands in the buffers.
    pub offset: usize,
    /// Which rows are there; all when there is none.
    pub validity: Option<&'a [u8]>,
    /// The rows.
    pub values: Values<'a>,
}

/// Values by their layout.
#[derive(Clone, Debug)]
pub enum Values<'a> {
    /// Nothing but null.
    Null,
    /// Bits.
    Bool(&'a [u8]),
    /// Bools of a byte each.
    ByteBool(&'a [u8]),
    /// Numbers.
    Number(Number, &'a [u8]),
    /// Points in time: counts of 64 bits since 1970 UTC.
    Moment(Unit, &'a [u8]),
    /// Days since 1970, of 32 bits.
    Day(&'a [u8]),
    /// Days since 1970 as milliseconds of 64 bits.
    DayMillis(&'a [u8]),
    /// Texts in one buffer.
    Text(Spans<'a>, &'a [u8]),
    /// Byte strings in one buffer.
    Bytes(Spans<'a>, &'a [u8]),
    /// Views of texts (true) or byte strings, and the buffers that they are in.
    Views(bool, &'a [u8], Vec<&'a [u8]>),
    /// Lists of items.
    List(Spans<'a>, Box<Column<'a>>),
    /// Arrays of one shape.
    Tensor(Tensor<'a>),
    /// Maps with the same keys, in the order of [`Member::sort`].
    Struct(Vec<Member<Column<'a>>>),
    /// Maps with their own keys and values.
    Map(Spans<'a>, Box<Column<'a>>, Box<Column<'a>>),
    /// Places in another column.
    Dictionary(Number, &'a [u8], Box<Column<'a>>),
    /// Finished items, and where each ends (64 bits).
    Items(&'a [u64], &'a [u8]),
    /// What has no place in an event: its name, and what to do.
    Refused(String, &'static str),
}

/// A key and the values under it.
#[derive(Clone, Debug)]
pub struct Member<T> {
    /// The key.
    pub name: String,
    /// The key as an item.
    key: Vec<u8>,
    /// The values.
    pub of: T,
}

impl<T> Member<T> {
    /// Values under a key.
    pub fn new(name: String, of: T) -> Self {
        let mut key = Vec::with_capacity(name.len() + 1);
        items::text(&mut key, &name);
        Member { name, key, of }
    }

    /// Puts them in the order of a map's keys; refuses one that is there twice.
    pub fn sort(members: &mut [Self]) -> Result<()> {
        members.sort_by(|a, b| items::key_order(&a.name).cmp(&items::key_order(&b.name)));
        let twice = members.iter().zip(members.iter().skip(1)).find(|(a, b)| a.name == b.name);
        let Some((member, _)) = twice else { return Ok(()) };
        Err(Error::new(Code::InvalidRecord, format!("two columns are called {:?}", member.name))
            .path(in_map(&member.name, ""))
            .remedy("Rename one of them"))
    }

    /// Whether the key begins a reserved form.
    pub(crate) fn is_reserved(&self) -> bool {
        self.name.starts_with("lineseal:")
    }

    /// Appends the key, and the value by `put`.
    fn put(
        &self,
        out: &mut Vec<u8>,
        put: impl FnOnce(&T, &mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        out.extend_from_slice(&self.key);
        put(&self.of, out).map_err(|error| inside(error, |inner| in_map(&self.name, inner)))
    }
}

impl Column<'_> {
    /// Appends row `row` as one canonical item. An error's path begins in the value.
    pub fn put(&self, row: usize, out: &mut Vec<u8>) -> Result<()> {
        let at = there(self.place(row))?;
        if self.is_null(at) {
            items::null(out);
            return Ok(());
        }
        self.put_value(at, out)
    }

    /// Where row `row` stands in the buffers.
    fn place(&self, row: usize) -> Option<usize> {
        if row < self.len { self.offset.checked_add(row) } else { None }
    }

    fn is_null(&self, at: usize) -> bool {
        self.validity.is_some_and(|bits| !bit(bits, at))
    }

    fn put_value(&self, at: usize, out: &mut Vec<u8>) -> Result<()> {
        match &self.values {
            Values::Number(number, data) => return there(number.put(data, at, out).then_some(())),
            Values::Text(spans, data) => return put_text(there(piece(spans, data, at))?, out),
            Values::Null => items::null(out),
            Values::Bool(bits) => items::bool(out, bit(bits, at)),
            Values::ByteBool(bytes) => items::bool(out, there(bytes.get(at))? != &0),
            Values::Moment(unit, data) => {
                let text = unit.micros(count(data, at)?).and_then(time::moment);
                items::text(out, &text.map_err(|(what, remedy)| refusal(what, remedy))?);
            }
            Values::Day(data) => {
                return put_day(there(read(data, at).map(i32::from_ne_bytes))?.into(), out);
            }
            Values::DayMillis(data) => return put_day_millis(count(data, at)?, out),
            Values::Bytes(spans, data) => {
                return put_bytes(there(piece(spans, data, at))?, out);
            }
            Values::Views(true, views, buffers) => {
                return put_text(there(viewed(views, buffers, at))?, out);
            }
            Values::Views(false, views, buffers) => {
                return put_bytes(there(viewed(views, buffers, at))?, out);
            }
            Values::List(spans, column) => return put_list(there(spans.get(at))?, column, out),
            Values::Tensor(tensor) => {
                return tensor.put(at, out);
            }
            Values::Struct(members) => {
                return put_members(members, out, |column, out| column.put(at, out));
            }
            Values::Map(spans, keys, values) => {
                return put_map(there(spans.get(at))?, keys, values, out);
            }
            Values::Dictionary(number, data, column) => {
                return column.put(there(pointed(*number, data, at))?, out);
            }
            Values::Items(ends, bytes) => {
                out.extend_from_slice(there(item(ends, bytes, at))?);
            }
            Values::Refused(what, remedy) => return Err(refusal(what.clone(), remedy)),
        }
        Ok(())
    }

    /// Row `row` as microseconds since 1970 UTC: of integers that are them already, or a point in
    /// time.
    pub fn micros(&self, row: usize) -> Result<i64> {
        let at = there(self.place(row))?;
        if self.is_null(at) {
            return Err(refusal("the row has no time", "Give all rows a time, or leave time out"));
        }
        match &self.values {
            Values::Moment(unit, data) => {
                unit.micros(count(data, at)?).map_err(|(what, remedy)| refusal(what, remedy))
            }
            Values::Number(number, data) => number.int(data, at).ok_or_else(|| {
                refusal(
                    format!("a {} is no point in time", number.dtype()),
                    "Give aware timestamps, or integers of microseconds since 1970 UTC",
                )
            }),
            Values::Dictionary(number, data, column) => {
                column.micros(there(pointed(*number, data, at))?)
            }
            Values::Refused(what, remedy) => Err(refusal(what.clone(), remedy)),
            _ => Err(refusal(
                "the column holds no points in time",
                "Give aware timestamps, or integers of microseconds since 1970 UTC",
            )),
        }
    }

    /// The bytes of row `row`, and whether they are text; none for null and in other columns.
    pub fn piece(&self, row: usize) -> Option<(&[u8], bool)> {
        let at = self.place(row).filter(|&at| !self.is_null(at))?;
        match &self.values {
            Values::Text(spans, data) => piece(spans, data, at).map(|bytes| (bytes, true)),
            Values::Bytes(spans, data) => piece(spans, data, at).map(|bytes| (bytes, false)),
            Values::Views(text, views, buffers) => {
                viewed(views, buffers, at).map(|bytes| (bytes, *text))
            }
            Values::Dictionary(number, data, column) => column.piece(pointed(*number, data, at)?),
            Values::Items(ends, bytes) => match Reader::new(item(ends, bytes, at)?).token() {
                Ok(Token::Text(text)) => Some((text.as_bytes(), true)),
                Ok(Token::Bytes(bytes)) => Some((bytes, false)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether its items may hold reserved keys, or be too deep with so many maps around them.
    pub fn suspect(&self, around: usize) -> bool {
        around + self.depth() > SAFE_DEPTH || self.has_reserved()
    }

    fn depth(&self) -> usize {
        match &self.values {
            Values::List(_, column) => 1 + column.depth(),
            Values::Struct(members) => {
                1 + members.iter().map(|member| member.of.depth()).max().unwrap_or_default()
            }
            Values::Map(_, _, column) => 1 + column.depth(),
            Values::Dictionary(_, _, column) => column.depth(),
            Values::Tensor(_) => 3,
            _ => 1,
        }
    }

    fn has_reserved(&self) -> bool {
        match &self.values {
            Values::List(_, column) | Values::Dictionary(_, _, column) => column.has_reserved(),
            Values::Struct(members) => {
                members.iter().any(|member| member.is_reserved() || member.of.has_reserved())
            }
            Values::Map(..) => true,
            _ => false,
        }
    }
}

/// Maps and lists inside one another that fit an event whatever its field.
pub(crate) const SAFE_DEPTH: usize = 18;

fn count(data: &[u8], at: usize) -> Result<i64> {
    there(read(data, at).map(i64::from_ne_bytes))
}

/// What a dictionary's row points to.
fn pointed(number: Number, data: &[u8], at: usize) -> Option<usize> {
    usize::try_from(number.int(data, at)?).ok()
}

fn item<'a>(ends: &[u64], bytes: &'a [u8], at: usize) -> Option<&'a [u8]> {
    let start = at.checked_sub(1).map_or(Some(0), |last| ends.get(last).copied())?;
    bytes.get(start as usize..*ends.get(at)? as usize)
}

fn piece<'a>(spans: &Spans<'_>, data: &'a [u8], at: usize) -> Option<&'a [u8]> {
    data.get(spans.get(at)?)
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
    fits(bytes.len())?;
    items::bytes(out, bytes);
    Ok(())
}

fn put_text(bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
    fits(bytes.len())?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        refusal(
            format!("the text is not UTF-8 from byte {} on", error.valid_up_to()),
            "Decode it properly, or make the column one of bytes",
        )
    })?;
    items::text(out, text);
    Ok(())
}

fn put_day(days: i64, out: &mut Vec<u8>) -> Result<()> {
    items::text(out, &time::day(days).map_err(|(what, remedy)| refusal(what, remedy))?);
    Ok(())
}

fn put_day_millis(millis: i64, out: &mut Vec<u8>) -> Result<()> {
    const DAY: i64 = 86_400_000;
    if millis % DAY != 0 {
        let what = format!("{millis} ms since 1970 is a date with a time of day");
        return Err(refusal(what, "Make the column one of timestamps with a zone"));
    }
    put_day(millis / DAY, out)
}

fn put_list(range: Range<usize>, column: &Column<'_>, out: &mut Vec<u8>) -> Result<()> {
    // An item has one byte at least.
    fits(range.len())?;
    let start = out.len();
    items::list(out, range.len());
    for (place, row) in range.enumerate() {
        fits(out.len() - start)?;
        column.put(row, out).map_err(|error| {
            inside(error, |inner| {
                let mut path = String::new();
                push_index(&mut path, place);
                join(&path, inner)
            })
        })?;
    }
    Ok(())
}

/// Entries with their own keys: written one after the other, then put in order.
fn put_map(
    range: Range<usize>,
    keys: &Column<'_>,
    values: &Column<'_>,
    out: &mut Vec<u8>,
) -> Result<()> {
    fits(range.len())?;
    items::map(out, range.len());
    let body = out.len();
    let mut entries = Vec::with_capacity(range.len());
    for row in range {
        let start = out.len();
        fits(start - body)?;
        keys.put(row, out)?;
        let key_end = out.len();
        if out.get(start).is_none_or(|head| head >> 5 != 3) {
            return Err(refusal("a map has a key that is not text", "Make its keys texts"));
        }
        values.put(row, out)?;
        entries.push((start - body, key_end - body, out.len() - body));
    }
    let old = out.split_off(body);
    let part = |from: usize, to: usize| old.get(from..to).unwrap_or_default();
    entries.sort_by(|a, b| part(a.0, a.1).cmp(part(b.0, b.1)));
    let mut last = None;
    for &(start, key_end, end) in &entries {
        let key = part(start, key_end);
        if last.map(|last| key.cmp(last)) == Some(Ordering::Equal) {
            return Err(refusal("a map has a key twice", "Keep one of them"));
        }
        last = Some(key);
        out.extend_from_slice(part(start, end));
    }
    Ok(())
}

/// A map of the members' values.
pub(crate) fn put_members<T>(
    members: &[Member<T>],
    out: &mut Vec<u8>,
    put: impl Fn(&T, &mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    let start = out.len();
    items::map(out, members.len());
    for member in members {
        fits(out.len() - start)?;
        member.put(out, &put)?;
    }
    Ok(())
}

#[cold]
fn inside(error: Error, path: impl FnOnce(&str) -> String) -> Error {
    let path = path(error.path_name().unwrap_or_default());
    error.path(path)
}

pub(crate) fn in_map(key: &str, inner: &str) -> String {
    let mut path = String::new();
    push_key(&mut path, key);
    join(&path, inner)
}
