//! The small fixed maps of headers and frames: keys are known and come in canonical order, so
//! reading is expecting. May use cbor.

use crate::cbor::{self, Keys, Token, write};

/// Writes one map; the caller gives the keys in canonical order.
pub(super) struct Writer<'a>(pub &'a mut Vec<u8>);

impl Writer<'_> {
    pub(super) fn map(&mut self, entries: u64) {
        write::head(self.0, write::MAP, entries);
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        write::text(self.0, key);
        write::text(self.0, value);
    }

    pub(super) fn uint(&mut self, key: &str, value: u64) {
        write::text(self.0, key);
        write::head(self.0, write::UINT, value);
    }

    pub(super) fn int(&mut self, key: &str, value: i64) {
        write::text(self.0, key);
        write::int(self.0, value);
    }

    pub(super) fn bytes(&mut self, key: &str, value: &[u8]) {
        write::text(self.0, key);
        write::head(self.0, write::BYTES, value.len() as u64);
        self.0.extend_from_slice(value);
    }

    pub(super) fn null(&mut self, key: &str) {
        write::text(self.0, key);
        self.0.push(0xf6);
    }

    pub(super) fn uints(&mut self, key: &str, values: &[u64]) {
        write::text(self.0, key);
        write::head(self.0, write::LIST, values.len() as u64);
        values.iter().for_each(|value| write::head(self.0, write::UINT, *value));
    }
}

/// Expects one map, canonical to the byte; `None` at the first thing that is otherwise.
pub(super) struct Reader<'a> {
    reader: cbor::Reader<'a>,
    keys: Keys<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = cbor::Reader::new(bytes);
        match reader.token().ok()? {
            Token::Map(keys) => Some(Reader { reader, keys }),
            _ => None,
        }
    }

    fn value(&mut self, key: &str) -> Option<Token<'a>> {
        let found = self.keys.next(&mut self.reader).ok()??;
        if found == key { self.reader.token().ok() } else { None }
    }

    pub(super) fn text(&mut self, key: &str) -> Option<&'a str> {
        match self.value(key)? {
            Token::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn uint(&mut self, key: &str) -> Option<u64> {
        match self.value(key)? {
            Token::Uint(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn int(&mut self, key: &str) -> Option<i64> {
        match self.value(key)? {
            Token::Uint(value) => i64::try_from(value).ok(),
            Token::Nint(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn bytes<const N: usize>(&mut self, key: &str) -> Option<[u8; N]> {
        self.bytes_or_null(key)?
    }

    pub(super) fn bytes_or_null<const N: usize>(&mut self, key: &str) -> Option<Option<[u8; N]>> {
        match self.value(key)? {
            Token::Bytes(bytes) => bytes.try_into().ok().map(Some),
            Token::Null => Some(None),
            _ => None,
        }
    }

    pub(super) fn uints(&mut self, key: &str) -> Option<Vec<u64>> {
        let Token::List(mut items) = self.value(key)? else { return None };
        let mut values = Vec::with_capacity(items.left());
        while items.next(&mut self.reader) {
            match self.reader.token().ok()? {
                Token::Uint(value) => values.push(value),
                _ => return None,
            }
        }
        Some(values)
    }

    /// Nothing more in the map, and nothing behind it.
    pub(super) fn end(mut self) -> Option<()> {
        match self.keys.next(&mut self.reader).ok()? {
            None => self.reader.end().ok(),
            Some(_) => None,
        }
    }
}
