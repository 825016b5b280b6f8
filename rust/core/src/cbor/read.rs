//! The pull reader: one token at a time, canonical or refused. Never allocates (but for an error),
//! never trusts a declared length beyond the bytes that are there. May use cid, error, limits.

use crate::cbor::fault::{Fault, short};
use crate::cid::Cid;
use crate::error::Code;
use crate::limits::{MAX_BLOCK, MAX_DEPTH};
use std::cmp::Ordering;

/// A result of reading; turn the fault into an error with [`Fault::explain`].
pub type Read<T> = Result<T, Fault>;

/// A place in a block, from which the next token is read. A copy is a bookmark.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
    depth: usize,
}

/// The next item, or the beginning of the next map or list.
#[derive(Clone, Copy, Debug)]
pub enum Token<'a> {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// An integer from 0.
    Uint(u64),
    /// A negative integer.
    Nint(i64),
    /// A finite float, not −0.0.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// A byte string.
    Bytes(&'a [u8]),
    /// A link.
    Link(Cid),
    /// A list begins; go on with [`Items::next`] until it says no.
    List(Items),
    /// A map begins; go on with [`Keys::next`] until it gives `None`.
    Map(Keys<'a>),
}

impl Token<'_> {
    /// What it is, with its article, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Token::Null => "null",
            Token::Bool(_) => "a bool",
            Token::Uint(_) | Token::Nint(_) => "an integer",
            Token::Float(_) => "a float",
            Token::Text(_) => "text",
            Token::Bytes(_) => "bytes",
            Token::Link(_) => "a link",
            Token::List(_) => "a list",
            Token::Map(_) => "a map",
        }
    }
}

/// The walk through a list.
#[derive(Clone, Copy, Debug)]
pub struct Items {
    left: usize,
}

impl Items {
    /// How many items are left.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Whether another item follows, to be read from `reader`; after `false` the list is left.
    pub fn next(&mut self, reader: &mut Reader<'_>) -> bool {
        if self.left == 0 {
            reader.leave();
            return false;
        }
        self.left -= 1;
        true
    }
}

/// The walk through a map: keys in canonical order.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    left: usize,
    last: Option<&'a [u8]>,
}

impl<'a> Keys<'a> {
    /// How many entries are left.
    pub fn left(&self) -> usize {
        self.left
    }

    /// The next key, whose value is then to be read from `reader`; after `None` the map is left.
    pub fn next(&mut self, reader: &mut Reader<'a>) -> Read<Option<&'a str>> {
        let at = reader.position();
        // The bytes are known to be UTF-8, but safe code has to look again.
        self.next_raw(reader)?.map(|key| utf8(at, key)).transpose()
    }

    /// [`Keys::next`] for one who compares keys as bytes, which is faster.
    #[inline(always)]
    pub fn next_raw(&mut self, reader: &mut Reader<'a>) -> Read<Option<&'a [u8]>> {
        if self.left == 0 {
            reader.leave();
            return Ok(None);
        }
        self.left -= 1;
        let at = reader.position();
        let key = reader.key()?;
        if let Some(last) = self.last
            && !follows(last, key)
        {
            return Err(out_of_order(at, last, key));
        }
        self.last = Some(key);
        Ok(Some(key))
    }
}

impl<'a> Reader<'a> {
    /// Reads from the first of `bytes`, which are to be one item: see [`Reader::end`].
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes, length: bytes.len(), depth: 0 }
    }

    /// Counts `outer` maps and lists as already around what is read.
    #[must_use]
    pub fn inside(mut self, outer: usize) -> Self {
        self.depth = outer;
        self
    }

    /// The offset of the next byte.
    pub fn position(&self) -> usize {
        self.length - self.rest.len()
    }

    /// The bytes from here to `later`, a reader of the same bytes.
    pub fn until(&self, later: &Reader<'a>) -> &'a [u8] {
        self.rest.get(..self.rest.len().saturating_sub(later.rest.len())).unwrap_or_default()
    }

    /// Refuses a block beyond the size limit; to be asked before anything is read.
    pub fn begin(&self) -> Read<()> {
        if self.length <= MAX_BLOCK {
            return Ok(());
        }
        let message = format!("the block has {} bytes, more than {MAX_BLOCK}", self.length);
        Err(refuse(MAX_BLOCK, message).remedy("Keep large values as artifacts and link to them"))
    }

    /// Refuses bytes after the item that was read.
    pub fn end(&self) -> Read<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        let message = format!("{} bytes follow the item", self.rest.len());
        Err(refuse(self.position(), message).remedy("A block is exactly one item"))
    }

    /// The next item, or the beginning of the next map or list.
    #[inline(always)]
    pub fn token(&mut self) -> Read<Token<'a>> {
        let at = self.position();
        let (major, argument) = self.head()?;
        Ok(match major {
            0 => Token::Uint(argument),
            1 => Token::Nint(negative(at, argument)?),
            2 => Token::Bytes(self.take(at, argument)?),
            3 => Token::Text(self.text(at, argument)?),
            4 => Token::List(Items { left: self.enter(at, argument, 1)? }),
            5 => Token::Map(Keys { left: self.enter(at, argument, 2)?, last: None }),
            6 => Token::Link(self.link(at, argument)?),
            _ => return self.simple(at, argument),
        })
    }

    /// Reads one whole item, checking all of it, and gives its bytes.
    pub fn skip(&mut self) -> Read<&'a [u8]> {
        let start = *self;
        self.pass()?;
        Ok(start.until(self))
    }

    /// What [`Reader::token`] checks, without making tokens of it: most of a block is passed over.
    // Recursion ends at MAX_DEPTH: `enter` refuses what is deeper.
    fn pass(&mut self) -> Read<()> {
        let at = self.position();
        match self.head()? {
            (0, _) => {}
            (1, argument) => return negative(at, argument).map(drop),
            (2, length) => return self.take(at, length).map(drop),
            (3, length) => return self.pass_text(at, length).map(drop),
            (4, count) => {
                for _ in 0..self.enter(at, count, 1)? {
                    self.pass()?;
                }
                self.leave();
            }
            (5, count) => return self.pass_map(at, count),
            (6, tag) => return self.link(at, tag).map(drop),
            (_, 27) => return self.float(at).map(drop),
            (_, low) => return self.simple(at, low).map(drop),
        }
        Ok(())
    }

    fn pass_map(&mut self, at: usize, count: u64) -> Read<()> {
        let mut keys = Keys { left: self.enter(at, count, 2)?, last: None };
        while keys.next_raw(self)?.is_some() {
            self.pass()?;
        }
        Ok(())
    }

    #[inline(always)]
    fn pass_text(&mut self, at: usize, length: u64) -> Read<&'a [u8]> {
        let bytes = self.take(at, length)?;
        if bytes.is_ascii() { Ok(bytes) } else { utf8(at, bytes).map(str::as_bytes) }
    }

    /// Whether the next item is neither a map nor a list nor a link, so that it can be skipped
    /// without a look inside.
    #[inline(always)]
    pub fn at_leaf(&self) -> bool {
        self.rest.first().is_some_and(|first| !matches!(first >> 5, 4..=6))
    }

    /// The hash in a link to a dag-cbor block, if that comes next; else nothing is read.
    #[inline(always)]
    pub fn event_link(&mut self) -> Option<&'a [u8; 32]> {
        const HEAD: [u8; 9] = [0xd8, 42, 0x58, 37, 0, 1, 0x71, 0x12, 0x20];
        let (head, rest) = self.rest.split_first_chunk::<9>()?;
        let (hash, rest) = rest.split_first_chunk::<32>()?;
        if *head != HEAD {
            return None;
        }
        self.rest = rest;
        Some(hash)
    }

    /// Major type and argument. Major 7 is passed with its low five bits as the argument.
    #[inline(always)]
    fn head(&mut self) -> Read<(u8, u64)> {
        let Some((&first, rest)) = self.rest.split_first() else {
            return Err(cut(self.position()));
        };
        let (major, low) = (first >> 5, first & 31);
        if low < 24 || major == 7 {
            self.rest = rest;
            return Ok((major, u64::from(low)));
        }
        Ok((major, self.long_argument(low, rest)?))
    }

    #[inline(never)]
    fn long_argument(&mut self, low: u8, rest: &'a [u8]) -> Read<u64> {
        let at = self.position();
        let (argument, least) = match low {
            24 => (self.big_endian::<1>(rest, at)?, 24),
            25 => (self.big_endian::<2>(rest, at)?, 1 << 8),
            26 => (self.big_endian::<4>(rest, at)?, 1 << 16),
            27 => (self.big_endian::<8>(rest, at)?, 1 << 32),
            31 => return Err(refuse(at, "an indefinite length").remedy(CANONICAL)),
            _ => return Err(refuse(at, "a reserved head byte").remedy(CANONICAL)),
        };
        if argument < least {
            let message = format!("{argument} is not in its shortest form");
            return Err(refuse(at, message).remedy(CANONICAL));
        }
        Ok(argument)
    }

    #[inline]
    fn big_endian<const N: usize>(&mut self, rest: &'a [u8], at: usize) -> Read<u64> {
        let Some((bytes, rest)) = rest.split_first_chunk::<N>() else { return Err(cut(at)) };
        self.rest = rest;
        Ok(bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    }

    #[inline]
    fn take(&mut self, at: usize, length: u64) -> Read<&'a [u8]> {
        let taken = usize::try_from(length).ok().and_then(|n| self.rest.split_at_checked(n));
        let Some((taken, rest)) = taken else { return Err(too_long(at, length, self.rest.len())) };
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    fn text(&mut self, at: usize, length: u64) -> Read<&'a str> {
        let bytes = self.take(at, length)?;
        utf8(at, bytes)
    }

    #[inline(always)]
    fn key(&mut self) -> Read<&'a [u8]> {
        let at = self.position();
        match self.head()? {
            (3, length) => self.pass_text(at, length),
            _ => Err(key_kind(at)),
        }
    }

    #[inline]
    fn enter(&mut self, at: usize, count: u64, least: usize) -> Read<usize> {
        let room = self.rest.len() / least;
        let Some(count) = usize::try_from(count).ok().filter(|&n| n <= room) else {
            return Err(too_long(at, count, self.rest.len()));
        };
        if self.depth >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} maps and lists inside one another");
            return Err(refuse(at, message).remedy("Flatten the value"));
        }
        self.depth += 1;
        Ok(count)
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn link(&mut self, at: usize, tag: u64) -> Read<Cid> {
        if tag != 42 {
            return Err(refuse(at, format!("tag {tag}")).remedy("The only tag is 42, for links"));
        }
        let cid = match self.rest.split_first_chunk::<3>() {
            Some(([0x58, 0x25, 0x00], rest)) => rest
                .split_at_checked(36)
                .and_then(|(cid, rest)| Some((Cid::from_bytes(cid)?, rest))),
            _ => None,
        };
        let Some((cid, rest)) = cid else {
            return Err(refuse(at, "a link that is no CIDv1 with sha2-256").remedy(
                "Links are tag 42 on a zero byte and a CIDv1 (raw or dag-cbor, sha2-256)",
            ));
        };
        self.rest = rest;
        Ok(cid)
    }

    fn simple(&mut self, at: usize, low: u64) -> Read<Token<'a>> {
        Ok(match low {
            20 => Token::Bool(false),
            21 => Token::Bool(true),
            22 => Token::Null,
            27 => Token::Float(self.float(at)?),
            25 | 26 => return Err(refuse(at, "a float shorter than 64 bits").remedy(CANONICAL)),
            31 => return Err(refuse(at, "a break outside of any length").remedy(CANONICAL)),
            _ => {
                return Err(
                    refuse(at, "a simple value other than false, true and null").remedy(CANONICAL)
                );
            }
        })
    }

    fn float(&mut self, at: usize) -> Read<f64> {
        let rest = self.rest;
        let float = f64::from_bits(self.big_endian::<8>(rest, at)?);
        if !float.is_finite() {
            return Err(refuse(at, format!("the float {float}"))
                .remedy("Only finite floats have an encoding"));
        }
        if float == 0.0 && float.is_sign_negative() {
            return Err(refuse(at, "the float -0.0").remedy("Store 0.0 instead"));
        }
        Ok(float)
    }
}

/// Whether a key comes after another: the longer, or else the greater one.
#[inline]
fn follows(last: &[u8], key: &[u8]) -> bool {
    match last.len().cmp(&key.len()) {
        Ordering::Less => true,
        Ordering::Greater => false,
        Ordering::Equal => match (last.first(), key.first()) {
            (Some(a), Some(b)) if a != b => a < b,
            _ => last < key,
        },
    }
}

const CANONICAL: &str = "Encode it as strict DAG-CBOR";

#[cold]
fn refuse(at: usize, message: impl Into<String>) -> Fault {
    Fault::new(Code::Encoding, at, message)
}

#[cold]
fn cut(at: usize) -> Fault {
    refuse(at, "the block ends too early").remedy("Give the whole block")
}

#[cold]
fn too_long(at: usize, length: u64, left: usize) -> Fault {
    let message = format!("a length of {length}, but only {left} bytes are left");
    refuse(at, message).remedy("Give the whole block")
}

#[cold]
fn key_kind(at: usize) -> Fault {
    refuse(at, "a map key is not text").remedy("Keys of maps are text")
}

#[inline]
fn utf8(at: usize, bytes: &[u8]) -> Read<&str> {
    std::str::from_utf8(bytes).map_err(|_| {
        refuse(at, "text is not valid UTF-8").remedy("Keep what is not Unicode text as bytes")
    })
}

#[cold]
fn out_of_order(at: usize, last: &[u8], key: &[u8]) -> Fault {
    let (last, key) = (String::from_utf8_lossy(last), String::from_utf8_lossy(key));
    if last == key {
        return refuse(at, format!("the map key {} stands twice", short(&key)))
            .remedy("Keep one of them");
    }
    refuse(at, format!("the map key {} stands after {}", short(&key), short(&last)))
        .remedy("Sort keys by length, then by bytes")
}

fn negative(at: usize, argument: u64) -> Read<i64> {
    match i64::try_from(argument) {
        Ok(n) => Ok(-1 - n),
        Err(_) => Err(refuse(at, format!("the integer -{}", u128::from(argument) + 1))
            .remedy("Integers go from -2^63 to 2^64-1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> (String, Option<u64>, Option<String>) {
        let mut reader = Reader::new(bytes);
        let fault = reader.skip().and_then(|_| reader.end()).unwrap_err();
        let error = fault.explain(bytes);
        assert_eq!(error.code(), Code::Encoding);
        let path = error.path_name().map(str::to_owned);
        (error.message().to_owned(), error.position_number(), path)
    }

    #[test]
    fn what_is_not_canonical_is_refused_with_position_and_path() {
        for (bytes, says, at, path) in [
            (&[0x18, 0x17][..], "shortest form", 0, None),
            (&[0x82, 0x00, 0x19, 0x00, 0xff], "shortest form", 2, Some("[1]")),
            (&[0x9f, 0xff], "indefinite", 0, None),
            (&[0x1c], "reserved head", 0, None),
            (&[0xf9, 0x3c, 0x00], "shorter than 64", 0, None),
            (&[0xf7], "simple value", 0, None),
            (&[0xfb, 0x80, 0, 0, 0, 0, 0, 0, 0], "-0.0", 0, None),
            (&[0xfb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], "float inf", 0, None),
            (&[0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1], "float NaN", 0, None),
            (&[0xc0, 0x60], "tag 0", 0, None),
            (&[0xd8, 0x2a, 0x40], "no CIDv1", 0, None),
            (&[0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0], "-9223372036854775809", 0, None),
            (&[0x61, 0xff], "UTF-8", 0, None),
            (&[0xa1, 0x00, 0x00], "not text", 1, None),
            (&[0xa2, 0x61, b'b', 0, 0x61, b'a', 0], "stands after", 4, None),
            (&[0xa2, 0x61, b'a', 0, 0x61, b'a', 0], "stands twice", 4, None),
            (&[0xa2, 0x62, b'a', b'a', 0, 0x61, b'b', 0], "stands after", 5, None),
            (&[0x00, 0x00], "1 bytes follow", 1, None),
            (&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "only 0 bytes", 0, None),
            (&[0xa1, 0x61, b'k', 0x5a, 0x7f, 0xff, 0xff, 0xff], "only 0 bytes", 3, Some("k")),
            (&[0xa1, 0x61, b'k', 0x81], "only 0 bytes", 3, Some("k")),
            (&[], "ends too early", 0, None),
            (&[0x19, 0x01], "ends too early", 0, None),
        ] {
            let (message, position, found) = refusal(bytes);
            assert!(message.contains(says), "{message:?} does not say {says:?}");
            assert_eq!((position, found.as_deref()), (Some(at), path), "{message}");
        }
    }

    #[test]
    fn depth_is_limited_and_counts_what_is_around() {
        let nested = |n: usize| [vec![0x81; n - 1], vec![0x80]].concat();
        assert!(Reader::new(&nested(MAX_DEPTH)).skip().is_ok());
        assert!(Reader::new(&nested(MAX_DEPTH)).inside(1).skip().is_err());
        let deep = nested(100_000);
        let fault = Reader::new(&deep).skip().unwrap_err();
        assert_eq!(fault.at(), MAX_DEPTH);
        assert!(fault.explain(&deep).message().contains("24 maps and lists"));
    }

    #[test]
    fn a_block_beyond_a_mebibyte_is_refused_before_it_is_read() {
        assert!(Reader::new(&vec![0; MAX_BLOCK]).begin().is_ok());
        let error = Reader::new(&vec![0; MAX_BLOCK + 1]).begin().unwrap_err();
        assert!(error.explain(&[]).message().contains("1048577 bytes"));
    }
}
