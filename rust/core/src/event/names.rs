//! The forms of texts: type names, roles, identifiers, checksums. May use schema and limits.

use crate::event::schema::{RecordType, record_type};
use crate::limits::MAX_NAME;

/// What a type name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeName {
    /// A type of the table.
    Known(&'static RecordType),
    /// A type of lineseal that this version does not know.
    Foreign,
    /// A user's own `namespace/name`.
    Custom,
}

impl TypeName {
    /// Whether an event of it carries a time only when the user gives one.
    pub fn is_thing(self) -> bool {
        matches!(self, TypeName::Known(record) if record.thing)
    }
}

/// What `name` stands for; `None` when it is no name of a type.
pub fn type_name(name: &str) -> Option<TypeName> {
    if let Some(record) = record_type(name) {
        return Some(TypeName::Known(record));
    }
    let (namespace, rest) = name.split_once('/')?;
    if !is_name(namespace) || !is_name(rest) {
        return None;
    }
    Some(if namespace == "lineseal" { TypeName::Foreign } else { TypeName::Custom })
}

/// `""` or `[a-z0-9][a-z0-9._-]{0,62}`.
pub fn is_role(role: &str) -> bool {
    role.is_empty() || is_name(role)
}

fn is_name(name: &str) -> bool {
    let first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    name.len() <= MAX_NAME
        && name.bytes().next().is_some_and(first)
        && name.bytes().all(|b| first(b) || matches!(b, b'.' | b'_' | b'-'))
}

/// `[a-z][a-z0-9.+-]{0,31}:.{1,512}`, `.` being any character.
pub(crate) fn is_id(id: &str) -> bool {
    let Some((scheme, value)) = id.split_once(':') else { return false };
    scheme.len() <= 32
        && scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'+' | b'-'))
        && !value.is_empty()
        && value.chars().nth(512).is_none()
}

/// `[a-z0-9-]+:` and lower-case hex of even length.
pub(crate) fn is_checksum(checksum: &str) -> bool {
    let Some((method, hex)) = checksum.split_once(':') else { return false };
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !method.is_empty()
        && method.bytes().all(lower)
        && !hex.is_empty()
        && hex.len() % 2 == 0
        && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_are_of_the_table_or_have_one_slash() {
        assert!(matches!(type_name("dataset"), Some(TypeName::Known(_))));
        assert!(matches!(type_name("lineseal/gap"), Some(TypeName::Known(_))));
        assert_eq!(type_name("lineseal/key"), Some(TypeName::Foreign));
        assert_eq!(type_name("acme/drift.report-1"), Some(TypeName::Custom));
        let long = format!("a/{}", "b".repeat(63));
        assert_eq!(type_name(&long), Some(TypeName::Custom));
        for bad in ["", "custom", "Dataset", "a/", "/a", "a/b/c", "-a/b", "a/B", "ä/b"] {
            assert_eq!(type_name(bad), None, "{bad}");
        }
        assert_eq!(type_name(&format!("{long}b")), None);
    }

    #[test]
    fn roles_are_empty_or_names() {
        assert!(is_role("") && is_role("train") && is_role("0.a_b-c") && is_role(&"a".repeat(63)));
        assert!(
            !is_role("Train") && !is_role(".a") && !is_role("a b") && !is_role(&"a".repeat(64))
        );
    }

    #[test]
    fn identifiers_have_a_scheme() {
        assert!(is_id("mlflow-run:1") && is_id("oci:reg/x@sha256:ab") && is_id("a:\n"));
        assert!(is_id(&format!("a:{}", "ä".repeat(512))));
        assert!(!is_id(&format!("a:{}", "ä".repeat(513))));
        let long = format!("{}:x", "a".repeat(33));
        for bad in ["", "a", "a:", ":a", "A:x", "1a:x", &long] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn checksums_have_a_method_and_hex() {
        assert!(is_checksum("sha256:00ff") && is_checksum("blake2b-256:ab"));
        for bad in ["", "sha256", "sha256:", ":00", "sha256:0", "sha256:0F", "SHA:00", "a:00:00"] {
            assert!(!is_checksum(bad), "{bad}");
        }
    }
}
