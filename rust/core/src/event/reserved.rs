//! Free values: any item whose reserved maps (`lineseal:float`, `lineseal:tensor`,
//! `lineseal:sealed`) have their form, and whose links are artifacts. May use cbor.

use crate::cbor::{Fault, Keys, Read, Reader, Token, short};
use crate::cid::Codec;
use crate::error::Code;

/// Beginning of every reserved key.
pub(crate) const RESERVED: &str = "lineseal:";
/// Key of a float that has no encoding of its own.
pub(crate) const FLOAT: &str = "lineseal:float";
/// Key of a tensor.
pub(crate) const TENSOR: &str = "lineseal:tensor";
/// Key of a value kept outside of the event.
pub(crate) const SEALED: &str = "lineseal:sealed";

/// Whether a map with this key must be one of the reserved maps.
pub(crate) fn is_reserved(key: &[u8]) -> bool {
    key.starts_with(RESERVED.as_bytes())
}

/// Bytes of one element of a tensor; `None` when there is no such dtype.
pub(crate) fn item_size(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "bool" | "int8" | "uint8" => 1,
        "int16" | "uint16" | "float16" => 2,
        "int32" | "uint32" | "float32" => 4,
        "int64" | "uint64" | "float64" | "complex64" => 8,
        "complex128" => 16,
        _ => return None,
    })
}

/// Reads a whole free value.
pub(crate) fn free(reader: &mut Reader<'_>) -> Read<()> {
    if reader.at_leaf() {
        return reader.skip().map(drop);
    }
    let at = reader.position();
    let token = reader.token()?;
    free_token(reader, at, token)
}

/// Whether the next item, a map with a reserved key, has that key's form. Copied events may hold
/// others: they were held to the envelope alone.
pub fn is_form(mut reader: Reader<'_>) -> bool {
    free(&mut reader).is_ok()
}

/// Goes on with a free value whose first token, at `at`, is read.
// Recursion ends at the depth limit of the reader.
pub(crate) fn free_token<'a>(reader: &mut Reader<'a>, at: usize, token: Token<'a>) -> Read<()> {
    match token {
        Token::List(mut items) => {
            while items.next(reader) {
                free(reader)?;
            }
        }
        Token::Map(keys) => return free_map(reader, at, keys),
        Token::Link(cid) if cid.codec != Codec::Raw => {
            return Err(refuse(at, "a link in a value that is not to raw bytes")
                .remedy("Values link to artifacts (bafkrei…); name events as parents"));
        }
        _ => {}
    }
    Ok(())
}

fn free_map<'a>(reader: &mut Reader<'a>, at: usize, mut keys: Keys<'a>) -> Read<()> {
    let size = keys.left();
    while let Some(key) = keys.next_raw(reader)? {
        if !is_reserved(key) {
            free(reader)?;
            continue;
        }
        let key = &String::from_utf8_lossy(key);
        if size != 1 {
            return Err(refuse(
                at,
                format!("a map with the reserved key {} and others", short(key)),
            )
            .remedy("Keys that begin with lineseal: stand alone in their map; rename yours"));
        }
        wrapped(reader, at, key)?;
    }
    Ok(())
}

fn wrapped<'a>(reader: &mut Reader<'a>, at: usize, key: &str) -> Read<()> {
    match key {
        FLOAT => wrapped_float(reader),
        TENSOR => tensor(reader),
        SEALED => sealed(reader),
        _ => Err(refuse(at, format!("the reserved key {} is unknown", short(key)))
            .remedy("Keys that begin with lineseal: are reserved; rename yours")),
    }
}

/// Reads the value of `lineseal:float`.
pub(crate) fn wrapped_float(reader: &mut Reader<'_>) -> Read<()> {
    let at = reader.position();
    match reader.token()? {
        Token::Text("NaN" | "Infinity" | "-Infinity") => Ok(()),
        _ => Err(refuse(at, "lineseal:float is none of NaN, Infinity, -Infinity")
            .remedy("Give finite floats as they are")),
    }
}

fn sealed(reader: &mut Reader<'_>) -> Read<()> {
    let at = reader.position();
    match reader.token()? {
        Token::Link(cid) if cid.codec == Codec::DagCbor => Ok(()),
        _ => Err(refuse(at, "lineseal:sealed is no link to a dag-cbor block")
            .remedy("Link to the block {salt, value} by its CID (bafyrei…)")),
    }
}

fn tensor(reader: &mut Reader<'_>) -> Read<()> {
    let at = reader.position();
    let token = reader.token()?;
    let Token::Map(mut keys) = token else { return Err(tensor_form(at)) };
    if keys.left() != 3 || keys.next(reader)? != Some("data") {
        return Err(tensor_form(at));
    }
    let data_at = reader.position();
    let Token::Bytes(data) = reader.token()? else {
        return Err(refuse(data_at, "data of a tensor must be bytes").remedy(TENSOR_REMEDY));
    };
    if keys.next(reader)? != Some("dtype") {
        return Err(tensor_form(at));
    }
    let dtype_at = reader.position();
    let Token::Text(dtype) = reader.token()? else {
        return Err(refuse(dtype_at, "dtype of a tensor must be text").remedy(TENSOR_REMEDY));
    };
    if keys.next(reader)? != Some("shape") {
        return Err(tensor_form(at));
    }
    let elements = shape(reader)?;
    keys.next(reader)?;
    let Some(size) = item_size(dtype) else {
        return Err(refuse(dtype_at, format!("a tensor of unknown dtype {}", short(dtype))).remedy(
            "Use bool, int8 to int64, uint8 to uint64, float16 to float64, complex64 or complex128",
        ));
    };
    contents(data_at, data, dtype, elements, size)
}

fn contents(at: usize, data: &[u8], dtype: &str, elements: u128, size: u64) -> Read<()> {
    if elements.saturating_mul(size.into()) != data.len() as u128 {
        let message = format!(
            "a tensor of {elements} {dtype} holds {} bytes of data; its shape asks for {}",
            data.len(),
            elements.saturating_mul(size.into()),
        );
        return Err(refuse(at, message).remedy("Give data in C order, little-endian, of that size"));
    }
    if dtype == "bool" && data.iter().any(|&byte| byte > 1) {
        return Err(refuse(at, "a bool tensor holds bytes other than 0 and 1")
            .remedy("Give one byte for each element: 0 or 1"));
    }
    Ok(())
}

/// Reads the shape and gives the number of elements.
fn shape(reader: &mut Reader<'_>) -> Read<u128> {
    let at = reader.position();
    let token = reader.token()?;
    let Token::List(mut items) = token else {
        return Err(refuse(at, "shape of a tensor must be a list of counts").remedy(TENSOR_REMEDY));
    };
    let (mut product, mut empty) = (1_u128, false);
    while items.next(reader) {
        let at = reader.position();
        match reader.token()? {
            Token::Uint(n) if n <= i64::MAX as u64 => {
                product = product.saturating_mul(n.into());
                empty |= n == 0;
            }
            other => {
                let message =
                    format!("a dimension of a tensor must be a count, not {}", other.describe());
                return Err(refuse(at, message).remedy(TENSOR_REMEDY));
            }
        }
    }
    Ok(if empty { 0 } else { product })
}

const TENSOR_REMEDY: &str = "Give a NumPy array or lineseal.Tensor, or rename the key";

#[cold]
fn tensor_form(at: usize) -> Fault {
    refuse(at, "a tensor is a map with exactly dtype, shape and data").remedy(TENSOR_REMEDY)
}

#[cold]
fn refuse(at: usize, message: impl Into<String>) -> Fault {
    Fault::new(Code::InvalidRecord, at, message)
}
