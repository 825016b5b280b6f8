//! Runs one target over files: `cargo run -p lineseal-fuzz --example run -- TARGET FILE…`.

use lineseal_fuzz::TARGETS;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().expect("a target");
    let (_, run) = TARGETS.iter().find(|(known, _)| *known == name).expect("a known target");
    for path in arguments {
        println!("{path}");
        run(&std::fs::read(path).expect("a file"));
    }
}
