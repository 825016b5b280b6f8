//! A `RecordResponse`: made by the server, and read by a client that believes nothing.
//! May use scan, request (its writing half).

use crate::request::{field, varint, varint_len};
use crate::scan::{Fault, Scan, once};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::Receipt;

/// Most bytes of a receipt without its block: tags, lengths, hash, index, created.
const RECEIPT: usize = 2 + 32 + 11 + 2;

/// Refuses a response that might have more than `limit` bytes.
pub(crate) fn fits(events: usize, blocks: &[&[u8]], limit: usize) -> Result<()> {
    let blocks: usize = blocks.iter().map(|block| block.len() + 1 + 5).sum();
    let most = events * (RECEIPT + 1 + 5) + blocks;
    if most <= limit {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidArgument,
        format!("the answer would have {most} bytes, more than {limit}"),
    )
    .path("return_blocks")
    .remedy("Leave return_blocks out, or send fewer events"))
}

/// The response; `blocks` is empty where they were not asked for.
pub(crate) fn encode(receipts: &[Receipt], blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(receipts.len() * (RECEIPT + 2));
    let mut blocks = blocks.iter();
    for receipt in receipts {
        let block = blocks.next();
        let mut len = 2 + 32;
        len += if receipt.index > 0 { 1 + varint_len(receipt.index) } else { 0 };
        len += if receipt.created { 2 } else { 0 };
        len += block.map_or(0, |block| 1 + varint_len(block.len() as u64) + block.len());
        out.push(1 << 3 | 2);
        varint(&mut out, len as u64);
        field(&mut out, 1, &receipt.hash.0);
        if receipt.index > 0 {
            out.push(2 << 3);
            varint(&mut out, receipt.index);
        }
        if receipt.created {
            out.extend([3 << 3, 1]);
        }
        if let Some(block) = block {
            field(&mut out, 4, block);
        }
    }
    out
}

/// The receipts of a response for the events of these names. A response that differs is refused
/// (`CorruptLedger`): the server recorded something else, or says so. Fields of a newer server are
/// passed over.
pub fn receipts(response: &[u8], expected: &[Hash]) -> Result<Vec<Receipt>> {
    let mut found = Vec::with_capacity(expected.len());
    for message in Scan::new(response) {
        let (1, wire) = message.map_err(|fault| differs(fault.0))? else { continue };
        let receipt = wire.bytes().and_then(receipt);
        found.push(receipt.map_err(|fault| differs(fault.0).position(found.len() as u64))?);
    }
    if found.len() != expected.len() {
        let (got, sent) = (found.len(), expected.len());
        return Err(differs(format!("the server gave {got} receipts for {sent} events")));
    }
    for (position, (receipt, expected)) in found.iter().zip(expected).enumerate() {
        if receipt.hash != *expected {
            let message = format!(
                "the server says that it recorded {} as event {position}, which is {expected}",
                receipt.hash
            );
            return Err(differs(message).hash(expected).position(position as u64));
        }
    }
    Ok(found)
}

fn receipt(message: &[u8]) -> std::result::Result<Receipt, Fault> {
    let (mut hash, mut index, mut created) = (None, None, None);
    for field in Scan::new(message) {
        match field? {
            (1, wire) => once(&mut hash, wire.bytes()?, "the hash of a receipt")?,
            (2, wire) => once(&mut index, wire.uint()?, "the index of a receipt")?,
            (3, wire) => once(&mut created, wire.bool()?, "created of a receipt")?,
            _ => {}
        }
    }
    let hash = <[u8; 32]>::try_from(hash.unwrap_or_default())
        .map_err(|_| Fault::new("a receipt of the server has no hash of 32 bytes"))?;
    Ok(Receipt {
        hash: Hash(hash),
        index: index.unwrap_or_default(),
        created: created.unwrap_or_default(),
    })
}

#[cold]
fn differs(message: String) -> Error {
    Error::new(Code::CorruptLedger, message)
        .remedy("Do not trust this answer; ask the server's operator what became of the events")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASHES: [Hash; 2] = [Hash([7; 32]), Hash([9; 32])];

    fn given() -> Vec<Receipt> {
        let receipt = |(index, hash): (usize, &Hash)| Receipt {
            hash: *hash,
            index: index as u64 * 300,
            created: index == 1,
        };
        HASHES.iter().enumerate().map(receipt).collect()
    }

    #[test]
    fn what_is_encoded_is_read() {
        for blocks in [vec![], vec![&b"one"[..], &[0; 200]]] {
            let owned: Vec<_> = blocks.iter().map(|block| block.to_vec()).collect();
            let response = encode(&given(), &owned);
            let found = receipts(&response, &HASHES).unwrap();
            assert_eq!(found, given());
            assert!(fits(2, &blocks, response.len() - 1).is_err());
        }
    }

    #[test]
    fn fields_of_a_newer_server_are_passed_over() {
        let mut response = encode(&given(), &[]);
        field(&mut response, 9, b"new");
        assert_eq!(receipts(&response, &HASHES).unwrap(), given());
    }

    #[test]
    fn an_answer_that_differs_is_refused_with_the_place() {
        let whole = encode(&given(), &[]);
        let swapped = [HASHES[1], HASHES[0]];
        let error = receipts(&whole, &swapped).unwrap_err();
        assert_eq!((error.code(), error.position_number()), (Code::CorruptLedger, Some(0)));
        let text = error.to_string();
        assert!(text.contains(&HASHES[0].to_string()) && text.contains(&HASHES[1].to_string()));
        let twice = [&whole[..], &whole].concat();
        let short = [2 << 3 | 2, 0];
        let hash_twice = [&[10, 68][..], &[10, 32], &[7; 32], &[10, 32], &[7; 32]].concat();
        let cut = &whole[..whole.len() - 1];
        let garbage = [&whole[..], &[0]].concat();
        for bad in [&[][..], &twice, &short, &[10, 0, 10, 0], &hash_twice, cut, &garbage] {
            let error = receipts(bad, &HASHES).unwrap_err();
            assert_eq!(error.code(), Code::CorruptLedger, "{bad:?}");
        }
    }
}
