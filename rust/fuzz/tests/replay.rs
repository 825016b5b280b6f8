//! The committed corpora, and what was mended once: every input of every target, without a fuzzer.

use lineseal_fuzz::TARGETS;
use std::panic::catch_unwind;
use std::path::Path;

fn inputs(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), std::fs::read(&path).unwrap())
        })
        .collect();
    inputs.sort();
    inputs
}

#[test]
fn every_input_of_the_corpora_holds() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, run) in TARGETS {
        let inputs = inputs(&corpora.join(name));
        assert!(inputs.len() >= 20, "the corpus of {name} is nearly empty");
        for (path, bytes) in inputs {
            assert!(catch_unwind(|| run(&bytes)).is_ok(), "{path}");
        }
    }
}

#[test]
fn short_inputs_of_every_kind_hold() {
    for (_, run) in TARGETS {
        run(&[]);
        for byte in 0..=u8::MAX {
            run(&[byte]);
            run(&[byte; 64]);
        }
    }
}
