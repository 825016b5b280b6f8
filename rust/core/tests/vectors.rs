//! Runs `tests/spec/vectors/*.json` (their README states the format) against checker, writer and
//! JSON drafts. No block in them was made by lineseal.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "event/vectors.rs"]
mod files;

use files::{Case, cases};
use lineseal_core::cbor::Value;
use lineseal_core::cid::Cid;
use lineseal_core::event::{Fill, Inspection, Level, Writer, check, inspect, json};
use lineseal_core::hash::Hash;

const LEVELS: [(&str, Level); 3] =
    [("frame", Level::Frame), ("envelope", Level::Envelope), ("record", Level::Record)];

/// Runs `judge` on every case of a kind and shows all that fail.
fn hold(kind: &str, judge: impl Fn(&Case) -> Result<(), String>) {
    let cases = cases(kind);
    assert!(!cases.is_empty(), "there are no vectors of kind {kind}");
    let failed: Vec<_> = cases
        .iter()
        .filter_map(|case| judge(case).err().map(|why| format!("{}: {why}", case.name())))
        .collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: T, should: T) -> Result<(), String> {
    if is == should { Ok(()) } else { Err(format!("{what} is {is:?}, should be {should:?}")) }
}

/// Whether `path` is the place that a vector names, or one inside it.
fn names(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[test]
fn blocks_are_accepted_and_refused_at_their_level() {
    hold("blocks", |case| {
        let block = case.bytes("block");
        let refused_from = case.text("level").unwrap_or("never");
        let mut refused = false;
        for (name, level) in LEVELS {
            refused |= name == refused_from;
            if check(&block, level).is_err() != refused {
                let verdict = check(&block, level).map(drop);
                return Err(format!("level {name}: {verdict:?}"));
            }
        }
        same("accept", !refused, case.accept())
    });
}

#[test]
fn refusals_have_a_place_and_a_remedy() {
    hold("blocks", |case| {
        let Err(error) = check(&case.bytes("block"), Level::Record) else { return Ok(()) };
        match (error.position_number(), error.remedy_text()) {
            (Some(_), Some(_)) => Ok(()),
            _ => Err(format!("{error:?}")),
        }
    });
}

#[test]
fn inspection_tells_canonical_from_schema() {
    hold("blocks", |case| {
        let block = case.bytes("block");
        let found = match inspect(&block) {
            Inspection::Canonical(_) => "canonical",
            Inspection::Schema(..) => "schema",
            Inspection::Unsupported(view) if view.version() > 1 => return Ok(()),
            Inspection::Unsupported(_) => "unsupported",
            Inspection::Sound(_) => "sound",
        };
        let should = match case.text("level") {
            Some("frame") => "canonical",
            Some("envelope") => "schema",
            _ => "sound",
        };
        same("the verdict", found, should)
    });
}

#[test]
fn accepted_blocks_have_their_names_and_content() {
    hold("blocks", |case| {
        if !case.accept() {
            return Ok(());
        }
        let block = case.bytes("block");
        let hash = Hash::of(&block);
        same("hash", hash.to_string().as_str(), case.text("hash").unwrap_or_default())?;
        same("cid", Cid::event(hash).to_string().as_str(), case.text("cid").unwrap_or_default())?;
        let value = Value::decode(&block).map_err(|error| error.to_string())?;
        same("the block encoded again", &value.encode().map_err(|e| e.to_string())?, &block)?;
        match case.content() {
            None => Ok(()),
            Some(content) => same("content", &value, &content),
        }
    });
}

#[test]
fn drafts_give_their_blocks_or_their_refusal() {
    hold("drafts", |case| {
        let positions = case.positions();
        let resolve = |n: u64| positions.get(usize::try_from(n).ok()?).copied();
        let (mut writer, mut block) = (Writer::new(), Vec::new());
        let made = json::draft(&case.draft(), &mut writer, &resolve, Fill::Refuse, &mut block);
        match (case.accept(), made) {
            (true, Ok(hash)) => {
                same("hash", hash.to_string().as_str(), case.text("hash").unwrap_or_default())?;
                same("block", &block, &case.bytes("block"))?;
                check(&block, Level::Record).map(drop).map_err(|error| error.to_string())
            }
            (true, Err(error)) => Err(format!("refused: {error}")),
            (false, Ok(_)) => Err("accepted".to_owned()),
            (false, Err(error)) => {
                let (place, wanted) = (error.path_name(), case.text("path"));
                if wanted.is_some_and(|wanted| !names(place.unwrap_or_default(), wanted)) {
                    return Err(format!(
                        "{:?} is at {place:?}, not at {wanted:?}",
                        error.message()
                    ));
                }
                error.remedy_text().map(drop).ok_or_else(|| format!("no remedy: {error:?}"))
            }
        }
    });
}
