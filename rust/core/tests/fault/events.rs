//! Small events for the rehearsals, made by the library's own writer.

use lineseal_core::error::Error;
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;

/// Events that are recorded together, or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    pub hashes: Vec<Hash>,
    pub blocks: Vec<Vec<u8>>,
}

impl Events {
    pub fn add(&mut self, name: &str, filler: usize, parents: &[Hash]) {
        let (hash, block) = dataset(name, filler, parents).unwrap();
        self.hashes.push(hash);
        self.blocks.push(block);
    }

    pub fn slices(&self) -> Vec<&[u8]> {
        self.blocks.iter().map(Vec::as_slice).collect()
    }
}

fn dataset(name: &str, filler: usize, parents: &[Hash]) -> Result<(Hash, Vec<u8>), Error> {
    let mut writer = Writer::new();
    writer.begin("dataset")?;
    for parent in parents {
        writer.parent(*parent, "from")?;
    }
    writer.field("name")?;
    writer.text(name)?;
    writer.field("license")?;
    writer.text(&format!("{name}{}", "x".repeat(filler)))?;
    let mut block = Vec::new();
    let hash = writer.finish(Fill::Refuse, &mut block)?;
    Ok((hash, block))
}
