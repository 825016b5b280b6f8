//! `ledger.json`: which ledger this is. Written once. May use media, store, error.

use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use crate::media::replace::{Replace, read_small, replace};
use crate::media::{Media, Purpose};
use crate::store::FORMAT;
use data_encoding::HEXLOWER;

/// The file's name.
pub(super) const NAME: &str = "ledger.json";

/// More than the file ever has.
const MAX_BYTES: usize = 1 << 16;

/// What the file states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) id: [u8; 16],
    pub(super) origin: String,
}

impl Meta {
    /// A new ledger. Without an origin its name in a log of logs is made of its id.
    pub(super) fn draw(origin: Option<String>) -> Result<Meta> {
        let id = random()?;
        let origin = origin.unwrap_or_else(|| format!("lineseal.local/{}", HEXLOWER.encode(&id)));
        Ok(Meta { id, origin })
    }

    /// The id as hex digits.
    pub(super) fn id_hex(&self) -> String {
        HEXLOWER.encode(&self.id)
    }

    /// The file's bytes: its checksum is the SHA-256 of `format LF id LF origin`.
    fn text(&self) -> String {
        let id = self.id_hex();
        let checksum = Hash::of(format!("{FORMAT}\n{id}\n{}", self.origin).as_bytes());
        let origin = serde_json::Value::from(self.origin.as_str());
        format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"id\": \"{id}\",\n  \"origin\": {origin},\n  \
             \"checksum\": \"sha256:{checksum}\"\n}}\n"
        )
    }

    pub(super) fn write(&self, media: &dyn Media) -> Result<()> {
        let (content, names) = (Purpose::LedgerFile, Purpose::LedgerNames);
        let to = Replace { dir: "", name: NAME, content, names };
        replace(media, &to, self.text().as_bytes())
    }

    /// `None` when there is no such file.
    pub(super) fn read(media: &dyn Media, label: &str) -> Result<Option<Meta>> {
        let Some(bytes) = read_small(media, NAME, MAX_BYTES)? else { return Ok(None) };
        let json: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
        let text = |key| json.as_ref()?.get(key)?.as_str();
        if let Some(format) = text("format").filter(|format| *format != FORMAT) {
            return Err(Error::new(
                Code::Unsupported,
                format!("{label} has format {format:?}; this lineseal reads {FORMAT:?}"),
            )
            .path(NAME)
            .remedy("Use the version of lineseal that wrote it, or a newer one"));
        }
        let meta = text("id").and_then(|id| HEXLOWER.decode(id.as_bytes()).ok()).and_then(|id| {
            Some(Meta { id: id.try_into().ok()?, origin: text("origin")?.to_owned() })
        });
        match meta {
            Some(meta) if meta.text().as_bytes() == bytes => Ok(Some(meta)),
            _ => Err(Error::new(Code::CorruptLedger, format!("{label}: {NAME} is damaged"))
                .path(NAME)
                .remedy("Put the file back from a copy; the segments repeat the ledger's id")),
        }
    }
}

/// Random bytes of the operating system.
pub(super) fn random() -> Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(Code::Internal, format!("no random bytes: {error}")))?;
    Ok(bytes)
}
