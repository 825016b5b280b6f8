//! DAG-CBOR as a tree. May use the reader and the builder.

use crate::cbor::build::Builder;
use crate::cbor::read::{Read, Reader, Token};
use crate::cid::Cid;
use crate::error::Result;

/// One item. Maps keep the order they are given in; encoding sorts them.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// −2^63 … 2^64−1
    Int(i128),
    /// finite
    Float(f64),
    /// UTF-8
    Text(String),
    /// a byte string
    Bytes(Vec<u8>),
    /// a list
    List(Vec<Value>),
    /// a map with text keys
    Map(Vec<(String, Value)>),
    /// a CIDv1, raw or dag-cbor, sha2-256
    Link(Cid),
}

impl Value {
    /// Canonical bytes.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut builder = Builder::new();
        self.push(&mut builder)?;
        builder.finish().map(<[u8]>::to_vec)
    }

    /// The item that `block` is; anything not canonical is refused.
    pub fn decode(block: &[u8]) -> Result<Value> {
        let mut reader = Reader::new(block);
        let value = reader.begin().and_then(|()| Value::read(&mut reader));
        value.and_then(|value| reader.end().map(|()| value)).map_err(|fault| fault.explain(block))
    }

    /// Gives the value to a builder.
    pub fn push(&self, builder: &mut Builder) -> Result<()> {
        match self {
            Value::Null => builder.null(),
            Value::Bool(value) => builder.bool(*value),
            Value::Int(value) => builder.int(*value),
            Value::Float(value) => builder.float(*value),
            Value::Text(value) => builder.text(value),
            Value::Bytes(value) => builder.bytes_value(value),
            Value::Link(cid) => builder.link(*cid),
            Value::List(items) => {
                builder.begin_list()?;
                items.iter().try_for_each(|item| item.push(builder))?;
                builder.end_list()
            }
            Value::Map(entries) => {
                builder.begin_map()?;
                for (key, value) in entries {
                    builder.key(key)?;
                    value.push(builder)?;
                }
                builder.end_map()
            }
        }
    }

    /// Reads the next item.
    pub fn read(reader: &mut Reader<'_>) -> Read<Value> {
        Ok(match reader.token()? {
            Token::Null => Value::Null,
            Token::Bool(value) => Value::Bool(value),
            Token::Uint(value) => Value::Int(value.into()),
            Token::Nint(value) => Value::Int(value.into()),
            Token::Float(value) => Value::Float(value),
            Token::Text(value) => Value::Text(value.to_owned()),
            Token::Bytes(value) => Value::Bytes(value.to_owned()),
            Token::Link(cid) => Value::Link(cid),
            Token::List(mut items) => {
                let mut list = Vec::new();
                while items.next(reader) {
                    list.push(Value::read(reader)?);
                }
                Value::List(list)
            }
            Token::Map(mut keys) => {
                let mut map = Vec::new();
                while let Some(key) = keys.next(reader)? {
                    map.push((key.to_owned(), Value::read(reader)?));
                }
                Value::Map(map)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::hash::Hash;
    use crate::limits::{MAX_BLOCK, MAX_DEPTH};

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect())
    }

    #[test]
    fn maps_are_sorted_by_length_then_bytes() {
        let value = map(&[("bb", Value::Int(1)), ("a", Value::Null), ("ab", Value::Bool(true))]);
        let bytes = [0xa3, 0x61, b'a', 0xf6, 0x62, b'a', b'b', 0xf5, 0x62, b'b', b'b', 0x01];
        assert_eq!(value.encode().unwrap(), bytes);
    }

    #[test]
    fn every_kind_goes_out_and_comes_back() {
        let many = Value::List((0..300).map(|n| Value::Int(n * 7919 - 900)).collect());
        let value = map(&[
            ("null", Value::Null),
            (
                "ints",
                Value::List(
                    [-1 << 63, -25, -1, 0, 23, 24, 256, 65_536, (1 << 64) - 1]
                        .map(Value::Int)
                        .into(),
                ),
            ),
            ("float", Value::Float(0.1)),
            ("bytes", Value::Bytes(vec![0; 70_000])),
            ("link", Value::Link(Cid::raw(Hash::of(b"")))),
            ("many", many),
            ("", Value::Text("\u{1f980}".into())),
        ]);
        let bytes = value.encode().unwrap();
        let back = Value::decode(&bytes).unwrap();
        assert_eq!(back.encode().unwrap(), bytes);
        let Value::Map(entries) = back else { panic!("not a map") };
        assert_eq!(entries.len(), 7);
        assert_eq!(entries[0], (String::new(), Value::Text("\u{1f980}".into())));
    }

    #[test]
    fn minus_zero_is_stored_as_zero() {
        assert_eq!(Value::Float(-0.0).encode().unwrap(), [0xfb, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    fn refusal(value: &Value) -> (Code, String, Option<String>) {
        let error = value.encode().unwrap_err();
        assert!(error.remedy_text().is_some());
        (error.code(), error.message().to_owned(), error.path_name().map(str::to_owned))
    }

    #[test]
    fn what_has_no_encoding_is_refused_with_its_path() {
        let at = |bad: Value| {
            map(&[
                ("x", Value::Int(1)),
                ("a b", Value::List(vec![Value::Null, map(&[("c", bad)])])),
            ])
        };
        for (bad, says, path) in [
            (Value::Float(f64::NAN), "float NaN", r#"["a b"][1].c"#),
            (Value::Int(1 << 64), "out of range", r#"["a b"][1].c"#),
            (Value::Int((-1 << 63) - 1), "out of range", r#"["a b"][1].c"#),
            (
                map(&[("k", Value::Null), ("j", Value::Null), ("k", Value::Null)]),
                "twice",
                r#"["a b"][1].c.k"#,
            ),
            (Value::Bytes(vec![0; MAX_BLOCK]), "more than 1048576", r#"["a b"][1].c"#),
        ] {
            let (code, message, place) = refusal(&at(bad));
            assert_eq!((code, place.as_deref()), (Code::Encoding, Some(path)), "{message}");
            assert!(message.contains(says), "{message}");
        }
    }

    #[test]
    fn size_ends_at_its_limit_heads_included() {
        let head = 5;
        assert_eq!(Value::Bytes(vec![0; MAX_BLOCK - head]).encode().unwrap().len(), MAX_BLOCK);
        let (_, message, _) = refusal(&Value::Bytes(vec![0; MAX_BLOCK - head + 1]));
        assert!(message.contains("more than 1048576"), "{message}");
    }

    #[test]
    fn depth_ends_at_its_limit() {
        let nested = |n| (1..n).fold(Value::List(vec![]), |inner, _| Value::List(vec![inner]));
        assert!(nested(MAX_DEPTH).encode().is_ok());
        let (_, message, path) = refusal(&nested(MAX_DEPTH + 1));
        assert!(message.contains("24 maps and lists"));
        assert_eq!(path, Some("[0]".repeat(MAX_DEPTH)));
    }
}
