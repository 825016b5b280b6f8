//! JSON drafts: what is made of one passes every level, whoever makes it again makes the same, and
//! what is refused says where.

use crate::block;
use lineseal_core::event::json::draft;
use lineseal_core::event::{Fill, Level, Writer, check};
use lineseal_core::hash::Hash;

/// Runs the target.
pub fn run(data: &[u8]) {
    let (mut writer, mut made) = (Writer::new(), Vec::new());
    let known = [Hash([7; 32]), Hash([8; 32])];
    let resolve = |at: u64| known.get(usize::try_from(at).ok()?).copied();
    match draft(data, &mut writer, &resolve, Fill::Refuse, &mut made) {
        Ok(hash) => {
            assert_eq!(hash, Hash::of(&made));
            check(&made, Level::Record).expect("the writer keeps the rules");
            block::run(&made);
        }
        Err(error) => assert!(error.remedy_text().is_some(), "{error}"),
    }
    // A writer that was left in the middle begins anew.
    let good = br#"{"type":"dataset","record":{"name":"a"}}"#;
    let (mut after, mut fresh) = (Vec::new(), Vec::new());
    draft(good, &mut writer, &resolve, Fill::Refuse, &mut after).expect("it is a good draft");
    draft(good, &mut Writer::new(), &resolve, Fill::Refuse, &mut fresh).expect("it is");
    assert_eq!(after, fresh);
}
