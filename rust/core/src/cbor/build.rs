//! The push encoder: values in any order become canonical bytes. Maps are sorted only when their
//! keys came out of order; buffers are kept from one item to the next. May use cid, error, limits.

use crate::cbor::fault::short;
use crate::cbor::path::{push_index, push_key};
use crate::cbor::write::{self, BYTES, LIST, MAP, MAX_HEAD, NINT, UINT};
use crate::cid::Cid;
use crate::error::{Code, Error, Result};
use crate::limits::{MAX_BLOCK, MAX_DEPTH};

/// Makes one item at a time. An error leaves it unusable until [`Builder::reset`].
#[derive(Debug)]
pub struct Builder {
    buffer: Vec<u8>,
    frames: Vec<Frame>,
    entries: Vec<Entry>,
    scratch: Vec<u8>,
    /// A key stands without its value.
    pending: bool,
    /// Maps and lists around the item.
    outer: usize,
    code: Code,
}

/// A map or list that is not yet ended.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// Where its head stands: one byte, made longer when it ends if need be.
    start: usize,
    count: usize,
    /// First of its entries; of maps only.
    entries: Option<usize>,
    sorted: bool,
}

/// A key and its value in the buffer.
#[derive(Clone, Copy, Debug)]
struct Entry {
    start: usize,
    key_end: usize,
    end: usize,
}

impl Default for Builder {
    fn default() -> Self {
        Builder::new()
    }
}

impl Builder {
    /// For an item of its own; refuses with [`Code::Encoding`].
    pub fn new() -> Self {
        Builder::inside(0, Code::Encoding)
    }

    /// For an item inside `outer` maps and lists; refuses with `code`.
    pub fn inside(outer: usize, code: Code) -> Self {
        Builder {
            buffer: Vec::new(),
            frames: Vec::new(),
            entries: Vec::new(),
            scratch: Vec::new(),
            pending: false,
            outer,
            code,
        }
    }

    /// Forgets everything but the memory.
    pub fn reset(&mut self) {
        self.buffer.clear();
        self.frames.clear();
        self.entries.clear();
        self.pending = false;
    }

    /// How many maps and lists are not yet ended.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// How many entries or items the innermost map or list has.
    pub fn count(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.count)
    }

    /// The bytes so far. Heads of maps and lists that are not ended are still blank.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// The place of the value that comes next, or of the map or list it would stand in.
    pub fn path(&self) -> String {
        let mut path = String::new();
        let innermost = self.frames.len().saturating_sub(1);
        for (level, frame) in self.frames.iter().enumerate() {
            match frame.entries {
                None if level == innermost => push_index(&mut path, frame.count),
                None => push_index(&mut path, frame.count.saturating_sub(1)),
                Some(_) if level == innermost && !self.pending => {}
                Some(_) => {
                    push_key(&mut path, self.key_text(self.last_entry(level)));
                }
            }
        }
        path
    }

    /// null
    pub fn null(&mut self) -> Result<()> {
        self.item(1)?;
        self.buffer.push(0xf6);
        Ok(())
    }

    /// true or false
    pub fn bool(&mut self, value: bool) -> Result<()> {
        self.item(1)?;
        self.buffer.push(0xf4 | u8::from(value));
        Ok(())
    }

    /// An integer from −2^63 to 2^64−1.
    pub fn int(&mut self, value: i128) -> Result<()> {
        let (major, argument) = match (u64::try_from(value), i64::try_from(value)) {
            (Ok(n), _) => (UINT, n),
            (_, Ok(n)) => (NINT, !n as u64),
            _ => return Err(self.int_refused(&value.to_string())),
        };
        self.item(MAX_HEAD)?;
        write::head(&mut self.buffer, major, argument);
        Ok(())
    }

    /// A finite float; −0.0 is stored as 0.0.
    pub fn float(&mut self, value: f64) -> Result<()> {
        if !value.is_finite() {
            return Err(self.refuse(format!("the float {value} has no encoding")).remedy(
                "Leave it out, or use null or the text \"NaN\"; records keep it as lineseal:float",
            ));
        }
        self.item(9)?;
        // Adding 0.0 takes the sign from −0.0 and changes nothing else.
        write::float(&mut self.buffer, value + 0.0);
        Ok(())
    }

    /// Text, as it is.
    pub fn text(&mut self, value: &str) -> Result<()> {
        self.item(value.len())?;
        write::text(&mut self.buffer, value);
        Ok(())
    }

    /// A byte string.
    pub fn bytes_value(&mut self, value: &[u8]) -> Result<()> {
        self.item(value.len())?;
        write::head(&mut self.buffer, BYTES, value.len() as u64);
        self.buffer.extend_from_slice(value);
        Ok(())
    }

    /// A link.
    pub fn link(&mut self, cid: Cid) -> Result<()> {
        self.item(41)?;
        write::link(&mut self.buffer, cid);
        Ok(())
    }

    /// A list begins.
    pub fn begin_list(&mut self) -> Result<()> {
        self.begin(None)
    }

    /// The innermost list ends.
    pub fn end_list(&mut self) -> Result<()> {
        match self.frames.last() {
            Some(Frame { entries: None, .. }) => {}
            _ => return Err(misuse("end_list without begin_list")),
        }
        self.close(LIST);
        Ok(())
    }

    /// A map begins.
    pub fn begin_map(&mut self) -> Result<()> {
        self.begin(Some(self.entries.len()))
    }

    /// A key of the innermost map; its value comes next.
    pub fn key(&mut self, key: &str) -> Result<()> {
        self.room(key.len())?;
        let Some(Frame { entries: Some(first), .. }) = self.frames.last().copied() else {
            return Err(misuse("a key outside of a map"));
        };
        if self.pending {
            return Err(misuse("a key without its value"));
        }
        let start = self.buffer.len();
        write::text(&mut self.buffer, key);
        let entry = Entry { start, key_end: self.buffer.len(), end: 0 };
        let last = self.entries.get(first..).and_then(|own| own.last());
        let follows = last.is_none_or(|last| self.key_bytes(last) < self.key_bytes(&entry));
        self.entries.push(entry);
        self.pending = true;
        if let Some(frame) = self.frames.last_mut() {
            frame.count += 1;
            frame.sorted &= follows;
        }
        Ok(())
    }

    /// The innermost map ends: sorted now, if its keys did not come so.
    pub fn end_map(&mut self) -> Result<()> {
        let Some(Frame { entries: Some(first), sorted, start, .. }) = self.frames.last().copied()
        else {
            return Err(misuse("end_map without begin_map"));
        };
        if self.pending {
            return Err(misuse("a key without its value"));
        }
        if !sorted {
            self.sort(first, start + 1)?;
        }
        self.entries.truncate(first);
        self.close(MAP);
        Ok(())
    }

    /// Takes back the innermost map or list and all that is in it, as if it had not begun.
    pub fn abandon(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.buffer.truncate(frame.start);
        if let Some(first) = frame.entries {
            self.entries.truncate(first);
        }
        match self.frames.last_mut() {
            Some(Frame { entries: Some(_), .. }) => self.pending = true,
            Some(list) => {
                list.count = list.count.saturating_sub(1);
                self.pending = false;
            }
            None => self.pending = false,
        }
    }

    /// Takes back the last key of the innermost map, and its value if it has one.
    pub fn drop_entry(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.count = frame.count.saturating_sub(1);
        self.pending = false;
        if let Some(entry) = self.entries.pop() {
            self.buffer.truncate(entry.start);
        }
    }

    /// The bytes of the last entry's value in the innermost map.
    pub fn last_value(&self) -> &[u8] {
        self.entries.last().and_then(|e| self.buffer.get(e.key_end..)).unwrap_or_default()
    }

    /// The finished item. The builder keeps it until it is reset.
    pub fn finish(&self) -> Result<&[u8]> {
        if self.frames.is_empty() && !self.buffer.is_empty() {
            self.room(0)?; // the heads of strings and maps are not counted before
            return Ok(&self.buffer);
        }
        Err(misuse("an item that is not ended"))
    }

    /// The refusal of an integer beyond the range, given in decimal digits.
    pub fn int_refused(&self, digits: &str) -> Error {
        self.refuse(format!("the integer {digits} is out of range", digits = short_number(digits)))
            .remedy("Integers go from -2^63 to 2^64-1; give larger ones as text")
    }

    /// A refusal at the place of the value that comes next.
    #[cold]
    pub fn refuse(&self, message: impl Into<String>) -> Error {
        let path = self.path();
        let error = Error::new(self.code, message);
        if path.is_empty() { error } else { error.path(path) }
    }

    fn room(&self, size: usize) -> Result<()> {
        if self.buffer.len() + size <= MAX_BLOCK {
            return Ok(());
        }
        Err(self
            .refuse(format!("the value needs more than {MAX_BLOCK} bytes"))
            .remedy("Keep large values as artifacts and link to them, or store their checksum"))
    }

    /// Makes ready for one item of about `size` bytes.
    fn item(&mut self, size: usize) -> Result<()> {
        self.room(size)?;
        match self.frames.last_mut() {
            Some(Frame { entries: Some(_), .. }) if self.pending => self.pending = false,
            Some(Frame { entries: Some(_), .. }) => return Err(misuse("a value without its key")),
            Some(list) => list.count += 1,
            None if self.buffer.is_empty() => {}
            None => return Err(misuse("a second item")),
        }
        Ok(())
    }

    fn begin(&mut self, entries: Option<usize>) -> Result<()> {
        if self.frames.len() + self.outer >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} maps and lists inside one another");
            return Err(self.refuse(message).remedy("Flatten the value, or give it as text"));
        }
        self.item(1)?;
        self.frames.push(Frame { start: self.buffer.len(), count: 0, entries, sorted: true });
        self.buffer.push(0);
        Ok(())
    }

    /// Writes the head of the innermost frame, making room when it is longer than one byte.
    fn close(&mut self, major: u8) {
        let Some(frame) = self.frames.pop() else { return };
        let (head, length) = write::head_bytes(major, frame.count as u64);
        let head = head.iter().take(length).copied();
        if length == 1 {
            if let (Some(place), Some(byte)) = (self.buffer.get_mut(frame.start), head.last()) {
                *place = byte;
            }
            return;
        }
        self.buffer.splice(frame.start..=frame.start, head);
    }

    fn sort(&mut self, first: usize, body: usize) -> Result<()> {
        let Builder { buffer, entries, scratch, .. } = self;
        let own = entries.get_mut(first..).unwrap_or_default();
        let mut end = buffer.len();
        for entry in own.iter_mut().rev() {
            entry.end = end;
            end = entry.start;
        }
        // Encoded keys order like (length, bytes): the head holds the length.
        let key = |entry: &Entry| buffer.get(entry.start..entry.key_end).unwrap_or_default();
        own.sort_unstable_by(|a, b| key(a).cmp(key(b)));
        let twice = own.iter().zip(own.iter().skip(1)).find(|(a, b)| key(a) == key(b));
        if let Some((&entry, _)) = twice {
            return Err(self.twice(&entry));
        }
        scratch.clear();
        for entry in own.iter() {
            scratch.extend_from_slice(buffer.get(entry.start..entry.end).unwrap_or_default());
        }
        buffer.truncate(body);
        buffer.extend_from_slice(scratch);
        Ok(())
    }

    #[cold]
    fn twice(&self, entry: &Entry) -> Error {
        let key = self.key_text(Some(entry));
        let mut path = self.path();
        push_key(&mut path, key);
        Error::new(self.code, format!("the map key {} is given twice", short(key)))
            .path(path)
            .remedy("Keep one of them")
    }

    /// The last entry of the map at `level`: it stands before those of the maps inside it.
    fn last_entry(&self, level: usize) -> Option<&Entry> {
        let inner = self.frames.iter().skip(level + 1).find_map(|frame| frame.entries);
        self.entries.get(inner.unwrap_or(self.entries.len()).checked_sub(1)?)
    }

    fn key_bytes(&self, entry: &Entry) -> &[u8] {
        self.buffer.get(entry.start..entry.key_end).unwrap_or_default()
    }

    fn key_text(&self, entry: Option<&Entry>) -> &str {
        let bytes = entry.map(|entry| self.key_bytes(entry)).unwrap_or_default();
        let head = match bytes.first() {
            Some(0x60..0x78) => 1,
            Some(0x78) => 2,
            Some(0x79) => 3,
            _ => 5,
        };
        bytes.get(head..).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

fn short_number(digits: &str) -> String {
    match digits.get(..24) {
        Some(start) if digits.len() > 40 => format!("{start}… ({} digits)", digits.len()),
        _ => digits.to_owned(),
    }
}

#[cold]
fn misuse(what: &str) -> Error {
    Error::new(Code::Internal, format!("the encoder was given {what}"))
        .remedy("Please report this fault of lineseal")
}
