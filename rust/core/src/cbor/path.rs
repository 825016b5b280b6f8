//! Places inside a value, as people write them: `payload.inputs.pixels[3]`, `a["odd key"]`.
//! May use the reader.

use crate::cbor::fault::short;
use crate::cbor::read::{Reader, Token};
use std::fmt::Write;

/// Appends a map key to a path: `.key`, or `["odd key"]` when it is no identifier.
pub fn push_key(path: &mut String, key: &str) {
    if !is_identifier(key) {
        let _ = write!(path, "[{}]", short(key));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

/// Appends a place in a list to a path: `[3]`.
pub fn push_index(path: &mut String, index: usize) {
    let _ = write!(path, "[{index}]");
}

/// `inner` as seen from where `root` is the path.
pub fn join(root: &str, inner: &str) -> String {
    match inner.chars().next() {
        None => root.to_owned(),
        Some('[') => format!("{root}{inner}"),
        Some(_) => format!("{root}.{inner}"),
    }
}

fn is_identifier(key: &str) -> bool {
    key.len() <= 64
        && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The path of byte `at` of `item`; empty for the item itself. Reads only as far as that.
pub fn locate(item: &[u8], at: usize) -> String {
    let mut path = String::new();
    walk(&mut Reader::new(item), at, &mut path);
    path
}

/// Whether `at` was reached, `path` then being the answer; otherwise `path` is as it was.
fn walk(reader: &mut Reader<'_>, at: usize, path: &mut String) -> bool {
    if reader.position() >= at {
        return true;
    }
    let keep = path.len();
    match reader.token() {
        Err(_) => return true,
        Ok(Token::List(mut items)) => {
            let mut index = 0;
            while items.next(reader) {
                push_index(path, index);
                if walk(reader, at, path) {
                    return true;
                }
                path.truncate(keep);
                index += 1;
            }
        }
        Ok(Token::Map(mut keys)) => loop {
            let key_at = reader.position();
            match keys.next(reader) {
                Err(_) => return true,
                Ok(None) => break,
                Ok(Some(key)) => push_key(path, key),
            }
            if key_at >= at || walk(reader, at, path) {
                return true;
            }
            path.truncate(keep);
        },
        Ok(_) => {}
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_no_identifiers_are_quoted() {
        let mut path = String::new();
        for key in ["a", "b_1", "odd key", "", "c"] {
            push_key(&mut path, key);
        }
        push_index(&mut path, 3);
        assert_eq!(path, r#"a.b_1["odd key"][""].c[3]"#);
    }

    #[test]
    fn every_byte_has_the_path_of_the_item_it_begins() {
        // {"a": [1, {"b": 2}], "c": 3}
        let block = [0xa2, 0x61, b'a', 0x82, 0x01, 0xa1, 0x61, b'b', 0x02, 0x61, b'c', 0x03];
        let at = |n| locate(&block, n);
        assert_eq!(at(0), "");
        assert_eq!((at(1), at(3)), ("a".into(), "a".into()));
        assert_eq!((at(4), at(5)), ("a[0]".into(), "a[1]".into()));
        assert_eq!((at(6), at(8)), ("a[1].b".into(), "a[1].b".into()));
        assert_eq!((at(9), at(11), at(12)), ("c".into(), "c".into(), String::new()));
    }
}
