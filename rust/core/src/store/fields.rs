//! The small fixed maps of headers and frames as canonical DAG-CBOR: keys are known and come in
//! one order, so reading is expecting. May use nothing.

const UINT: u8 = 0;
const NINT: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;
const NULL: u8 = 0xf6;

/// Writes a head: major type and argument in the shortest form.
fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let be = argument.to_be_bytes();
    let (info, width) = match argument {
        0..=23 => return out.push(major | argument as u8),
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    out.push(major | info);
    out.extend_from_slice(be.get(8 - width..).unwrap_or_default());
}

/// Writes one map; the caller gives the keys in canonical order.
pub(super) struct Writer<'a>(pub &'a mut Vec<u8>);

impl Writer<'_> {
    pub(super) fn map(&mut self, entries: u64) {
        head(self.0, MAP, entries);
    }

    pub(super) fn text(&mut self, text: &str) {
        head(self.0, TEXT, text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn uint(&mut self, key: &str, value: u64) {
        self.text(key);
        head(self.0, UINT, value);
    }

    pub(super) fn int(&mut self, key: &str, value: i64) {
        self.text(key);
        match u64::try_from(value) {
            Ok(value) => head(self.0, UINT, value),
            Err(_) => head(self.0, NINT, !(value as u64)),
        }
    }

    pub(super) fn bytes(&mut self, key: &str, value: &[u8]) {
        self.text(key);
        head(self.0, BYTES, value.len() as u64);
        self.0.extend_from_slice(value);
    }

    pub(super) fn null(&mut self, key: &str) {
        self.text(key);
        self.0.push(NULL);
    }

    pub(super) fn uints(&mut self, key: &str, values: &[u64]) {
        self.text(key);
        head(self.0, LIST, values.len() as u64);
        for &value in values {
            head(self.0, UINT, value);
        }
    }
}

/// Expects one map, canonical to the byte; `None` at the first thing that is otherwise.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(n).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn head(&mut self) -> Option<(u8, u64)> {
        let initial = *self.take(1)?.first()?;
        let (width, least) = match initial & 0x1f {
            info @ 0..=23 => return Some((initial >> 5, u64::from(info))),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return None,
        };
        let argument = self.take(width)?.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        (argument >= least).then_some((initial >> 5, argument))
    }

    fn expect(&mut self, major: u8) -> Option<u64> {
        self.head().filter(|(found, _)| *found == major).map(|(_, argument)| argument)
    }

    pub(super) fn map(&mut self, entries: u64) -> Option<()> {
        self.expect(MAP).filter(|found| *found == entries).map(|_| ())
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.expect(TEXT)?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub(super) fn key(&mut self, key: &str) -> Option<()> {
        self.text().filter(|found| *found == key).map(|_| ())
    }

    pub(super) fn uint(&mut self, key: &str) -> Option<u64> {
        self.key(key)?;
        self.expect(UINT)
    }

    pub(super) fn int(&mut self, key: &str) -> Option<i64> {
        self.key(key)?;
        match self.head()? {
            (UINT, value) => i64::try_from(value).ok(),
            (NINT, value) => i64::try_from(value).ok().map(|value| !value),
            _ => None,
        }
    }

    pub(super) fn bytes<const N: usize>(&mut self, key: &str) -> Option<[u8; N]> {
        self.key(key)?;
        self.fixed()
    }

    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let length = self.expect(BYTES)?;
        self.take(length)?.try_into().ok()
    }

    pub(super) fn bytes_or_null<const N: usize>(&mut self, key: &str) -> Option<Option<[u8; N]>> {
        self.key(key)?;
        if self.0.first() == Some(&NULL) {
            self.take(1)?;
            return Some(None);
        }
        self.fixed().map(Some)
    }

    pub(super) fn uints(&mut self, key: &str) -> Option<Vec<u64>> {
        self.key(key)?;
        let count = self.expect(LIST)?;
        // Each takes a byte at least: a false count allocates nothing.
        if count > self.0.len() as u64 {
            return None;
        }
        (0..count).map(|_| self.expect(UINT)).collect()
    }

    pub(super) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
