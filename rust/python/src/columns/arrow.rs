//! Arrow's types as columns: which layout a format has, and how long its buffers must be. May use
//! ffi, lineseal-columns.

use super::ffi::{Array, Field, Imported, broken};
use lineseal_columns::{
    Chunks, Column, Level, Member, Number, Spans, Tensor, Unit, Values, refusal,
};
use lineseal_core::error::Result;

const CAST: &str = "Cast the column to a type that events have, such as text or float";
const ZONE: &str = "Add its zone: say that it is UTC, or where";

/// All pieces.
pub fn chunks(imported: &Imported) -> Result<Chunks<'_>> {
    let columns = imported.arrays().map(|array| column(&imported.field, array));
    Ok(Chunks::new(columns.collect::<Result<Vec<_>>>()?))
}

/// All pieces of one column of a table.
pub fn part(imported: &Imported, place: usize) -> Result<Chunks<'_>> {
    let columns = imported.arrays().map(|array| {
        let (offset, len) = (array.offset()?, array.len()?);
        let end =
            offset.checked_add(len).ok_or_else(|| broken("an array is larger than memory"))?;
        if validity(&Values::Struct(Vec::new()), array, end)?.is_some() {
            return Err(refusal("a table with null rows has no columns", "Drop the null rows"));
        }
        let mut column = child(&imported.field, array, place)?;
        column.offset = column.offset.saturating_add(offset);
        column.len = column.len.saturating_sub(offset).min(len);
        Ok(column)
    });
    Ok(Chunks::new(columns.collect::<Result<Vec<_>>>()?))
}

/// The names of a table's columns; none for a single column.
pub fn names(imported: &Imported) -> Option<Vec<String>> {
    let children = imported.field.children.iter().map(|field| field.name.clone());
    (imported.field.format == "+s").then(|| children.collect())
}

/// One array, with all that is inside it.
fn column<'a>(field: &Field, array: Array<'a>) -> Result<Column<'a>> {
    let len = array.len()?;
    let offset = array.offset()?;
    let end = offset.checked_add(len).ok_or_else(|| broken("an array is larger than memory"))?;
    let values = match &field.dictionary {
        Some(of) => {
            let values = Box::new(column(of, array.dictionary()?)?);
            let number = number(&field.format)
                .ok_or_else(|| broken("the places in a dictionary are no integers"))?;
            Values::Dictionary(number, fixed(array, end, number.width())?, values)
        }
        None => values(field, array, end)?,
    };
    Ok(Column { len, offset, validity: validity(&values, array, end)?, values })
}

/// Which rows are there, where not all are.
fn validity<'a>(values: &Values<'_>, array: Array<'a>, end: usize) -> Result<Option<&'a [u8]>> {
    if matches!(values, Values::Null) || !array.may_have_nulls() || array.buffers()? == 0 {
        return Ok(None);
    }
    array.buffer(0, Some(end.div_ceil(8)))
}

fn values<'a>(field: &Field, array: Array<'a>, end: usize) -> Result<Values<'a>> {
    if let Some((name, parameters)) = &field.extension {
        if name == "arrow.fixed_shape_tensor" {
            return shaped(field, array, parameters);
        }
        return Ok(Values::Refused(
            format!("the extension type {name} has no place in an event"),
            CAST,
        ));
    }
    if let Some(number) = number(&field.format) {
        return Ok(Values::Number(number, fixed(array, end, number.width())?));
    }
    let format = field.format.as_str();
    Ok(match format {
        "n" => Values::Null,
        "b" => Values::Bool(fixed_bits(array, end)?),
        "u" | "U" | "z" | "Z" => {
            let (spans, data) = pieces(array, end, matches!(format, "U" | "Z"))?;
            match format {
                "u" | "U" => Values::Text(spans, data),
                _ => Values::Bytes(spans, data),
            }
        }
        "vu" | "vz" => views(array, end, format == "vu")?,
        "tdD" => Values::Day(fixed(array, end, 4)?),
        "tdm" => Values::DayMillis(fixed(array, end, 8)?),
        "+l" | "+L" => Values::List(offsets(array, end, format == "+L")?, inner(field, array, 0)?),
        "+vl" => {
            let spans = Spans::Views32(fixed(array, end, 4)?, sized(array, 2, end, 4)?);
            Values::List(spans, inner(field, array, 0)?)
        }
        "+vL" => {
            let spans = Spans::Views64(fixed(array, end, 8)?, sized(array, 2, end, 8)?);
            Values::List(spans, inner(field, array, 0)?)
        }
        "+s" => Values::Struct(members(field, array)?),
        "+m" => map(field, array, end)?,
        _ => parameterised(field, array, end)?,
    })
}

/// Formats with a parameter behind a colon, and those that have no place in an event.
fn parameterised<'a>(field: &Field, array: Array<'a>, end: usize) -> Result<Values<'a>> {
    let format = field.format.as_str();
    let (head, parameter) = format.split_once(':').unwrap_or((format, ""));
    let unit = match head {
        "tss" => Some(Unit::Second),
        "tsm" => Some(Unit::Milli),
        "tsu" => Some(Unit::Micro),
        "tsn" => Some(Unit::Nano),
        _ => None,
    };
    let refuse = |what: &str, remedy| Ok(Values::Refused(what.to_owned(), remedy));
    match (head, unit) {
        (_, Some(_)) if parameter.is_empty() => refuse("a timestamp without a time zone", ZONE),
        (_, Some(unit)) => Ok(Values::Moment(unit, fixed(array, end, 8)?)),
        ("w" | "+w", _) => {
            let size = parameter.parse().map_err(|_| broken("a size is no number"))?;
            if head == "w" {
                return Ok(Values::Bytes(Spans::Fixed(size), sized(array, 1, end, size)?));
            }
            fixed_list(field, array, size)
        }
        ("d", _) => refuse(
            "a decimal has no place in an event",
            "Cast the column to text to keep it exact, or to float64",
        ),
        ("tDs" | "tDm" | "tDu" | "tDn" | "tiM" | "tiD" | "tin", _) => refuse(
            "a duration has no place in an event",
            "Give a number and say its unit in the column's name",
        ),
        ("tts" | "ttm" | "ttu" | "ttn", _) => refuse(
            "a time of day has no place in an event",
            "Cast the column to text, or give timestamps with a zone",
        ),
        ("+us" | "+ud", _) => refuse("a union has no place in an event", CAST),
        ("+r", _) => refuse("a run-end encoded column is not read", "Decode it first"),
        _ => refuse(&format!("the Arrow type {format:?} has no place in an event"), CAST),
    }
}

fn number(format: &str) -> Option<Number> {
    Some(match format {
        "c" => Number::I8,
        "s" => Number::I16,
        "i" => Number::I32,
        "l" => Number::I64,
        "C" => Number::U8,
        "S" => Number::U16,
        "I" => Number::U32,
        "L" => Number::U64,
        "e" => Number::F16,
        "f" => Number::F32,
        "g" => Number::F64,
        _ => return None,
    })
}

/// Buffer 1 with `end` elements of a fixed width.
fn fixed(array: Array<'_>, end: usize, width: usize) -> Result<&[u8]> {
    sized(array, 1, end, width)
}

fn sized(array: Array<'_>, at: usize, count: usize, width: usize) -> Result<&[u8]> {
    Ok(array.buffer(at, count.checked_mul(width))?.unwrap_or_default())
}

fn fixed_bits(array: Array<'_>, end: usize) -> Result<&[u8]> {
    Ok(array.buffer(1, Some(end.div_ceil(8)))?.unwrap_or_default())
}

fn offsets(array: Array<'_>, end: usize, large: bool) -> Result<Spans<'_>> {
    // Of no rows the one offset may be missing, too.
    let count = if end == 0 { 0 } else { end.saturating_add(1) };
    Ok(match large {
        true => Spans::Offsets64(fixed(array, count, 8)?),
        false => Spans::Offsets32(fixed(array, count, 4)?),
    })
}

/// Offsets, and the bytes that they lead to: as many as the last one says.
fn pieces(array: Array<'_>, end: usize, large: bool) -> Result<(Spans<'_>, &[u8])> {
    let spans = offsets(array, end, large)?;
    let size = match end.checked_sub(1) {
        None => 0,
        Some(last) => {
            let last = spans.get(last).ok_or_else(|| broken("its last offset is wrong"))?;
            last.end
        }
    };
    Ok((spans, sized(array, 2, size, 1)?))
}

/// Views, the buffers that they lead to, and a last buffer with the sizes of those.
fn views(array: Array<'_>, end: usize, text: bool) -> Result<Values<'_>> {
    let count = array.buffers()?;
    let variadic = count.checked_sub(3).ok_or_else(|| broken("an array lacks buffers"))?;
    let sizes = sized(array, count - 1, variadic, 8)?;
    let mut buffers = Vec::with_capacity(variadic);
    for (at, size) in sizes.chunks_exact(8).enumerate() {
        let size = size.try_into().map(i64::from_ne_bytes).unwrap_or(-1);
        let size = usize::try_from(size).map_err(|_| broken("the size of a buffer is negative"))?;
        buffers.push(sized(array, at + 2, size, 1)?);
    }
    Ok(Values::Views(text, fixed(array, end, 16)?, buffers))
}

fn child<'a>(field: &Field, array: Array<'a>, at: usize) -> Result<Column<'a>> {
    let of = field.children.get(at).ok_or_else(|| broken("a type lacks a child"))?;
    column(of, array.child(at)?)
}

fn inner<'a>(field: &Field, array: Array<'a>, at: usize) -> Result<Box<Column<'a>>> {
    child(field, array, at).map(Box::new)
}

fn members<'a>(field: &Field, array: Array<'a>) -> Result<Vec<Member<Column<'a>>>> {
    let member = |(at, of): (usize, &Field)| {
        child(field, array, at).map(|column| Member::new(of.name.clone(), column))
    };
    let mut members: Vec<_> =
        field.children.iter().enumerate().map(member).collect::<Result<_>>()?;
    Member::sort(&mut members)?;
    Ok(members)
}

/// A list of entries, each a struct of key and value.
fn map<'a>(field: &Field, array: Array<'a>, end: usize) -> Result<Values<'a>> {
    let entries = field.children.first().ok_or_else(|| broken("a map has no entries"))?;
    let inside = array.child(0)?;
    let spans = offsets(array, end, false)?;
    let moved = |mut column: Column<'a>| -> Result<Box<Column<'a>>> {
        // The entries' own offset; that of their columns counts from there.
        column.offset += inside.offset()?;
        column.len = column.len.saturating_sub(inside.offset()?);
        Ok(Box::new(column))
    };
    let (keys, values) = (child(entries, inside, 0)?, child(entries, inside, 1)?);
    Ok(Values::Map(spans, moved(keys)?, moved(values)?))
}

/// Of numbers or bools, also in fixed-size lists again: tensors. Of anything else: lists.
fn fixed_list<'a>(field: &Field, array: Array<'a>, size: usize) -> Result<Values<'a>> {
    let mut levels = Vec::new();
    let (mut of, mut inside, mut width) = (field, array, size);
    loop {
        let next = of.children.first().ok_or_else(|| broken("a type lacks a child"))?;
        inside = inside.child(0)?;
        let offset = inside.offset()?;
        let end = offset.saturating_add(inside.len()?);
        let validity = match inside.may_have_nulls() && inside.buffers()? > 0 {
            true => inside.buffer(0, Some(end.div_ceil(8)))?,
            false => None,
        };
        levels.push(Level { size: width, offset, validity });
        let plain = next.extension.is_none() && next.dictionary.is_none();
        if let Some(number) = number(&next.format).filter(|_| plain) {
            let data = fixed(inside, end, number.width())?;
            return Ok(tensor(number.dtype(), number.width(), data, levels));
        }
        if next.format == "b" && plain {
            return Ok(tensor("bool", 0, fixed_bits(inside, end)?, levels));
        }
        match next.format.strip_prefix("+w:").filter(|_| plain).map(str::parse) {
            Some(Ok(next)) => width = next,
            _ => return Ok(Values::List(Spans::Fixed(size), inner(field, array, 0)?)),
        }
        of = next;
    }
}

/// Arrow's own tensors: lists of numbers, and their shape as JSON beside the type.
fn shaped<'a>(field: &Field, array: Array<'a>, parameters: &str) -> Result<Values<'a>> {
    let size = field.format.strip_prefix("+w:").and_then(|size| size.parse().ok());
    let size = size.ok_or_else(|| broken("a tensor is no list of a fixed size"))?;
    let values = fixed_list(field, array, size)?;
    let (Values::Tensor(mut tensor), Ok(said)) =
        (values, serde_json::from_str::<serde_json::Value>(parameters))
    else {
        return Err(broken("a tensor says no shape, or is none of numbers"));
    };
    let shape = said.get("shape").and_then(|shape| shape.as_array());
    let shape: Option<Vec<u64>> =
        shape.and_then(|shape| shape.iter().map(|n| n.as_u64()).collect());
    tensor.shape = shape
        .filter(|shape| {
            let product = shape.iter().try_fold(1_u64, |all, side| all.checked_mul(*side));
            product == Some(size as u64)
        })
        .ok_or_else(|| broken("the shape of a tensor is not that of its values"))?;
    let permuted = said.get("permutation").and_then(|order| order.as_array());
    if permuted.is_some_and(|order| !order.iter().zip(0..).all(|(n, at)| n.as_u64() == Some(at))) {
        let what = "a tensor whose axes are permuted".to_owned();
        return Ok(Values::Refused(what, "Give it in C order"));
    }
    Ok(Values::Tensor(tensor))
}

fn tensor<'a>(
    dtype: &'static str,
    width: usize,
    data: &'a [u8],
    levels: Vec<Level<'a>>,
) -> Values<'a> {
    let shape = levels.iter().map(|level| level.size as u64).collect();
    Values::Tensor(Tensor { dtype, shape, width, data, levels })
}
