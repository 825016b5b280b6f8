//! Reads the vectors of `tests/spec/vectors`: bytes in parts, texts in parts, tagged content.

use lineseal_core::cbor::Value;
use lineseal_core::hash::Hash;
use serde_json::Value as Json;
use std::fs;
use std::path::Path;

/// One case of a file.
pub struct Case(Json);

/// All cases of the files of a kind.
pub fn cases(kind: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/spec/vectors");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let files = paths
        .iter()
        .map(|path| -> Json { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() });
    files
        .filter(|file| file["kind"] == kind)
        .flat_map(|file| file["cases"].as_array().cloned().unwrap())
        .map(Case)
        .collect()
}

impl Case {
    pub fn name(&self) -> &str {
        self.text("name").unwrap()
    }

    pub fn accept(&self) -> bool {
        self.0["accept"].as_bool().unwrap()
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.0[key].as_str()
    }

    pub fn bytes(&self, key: &str) -> Vec<u8> {
        parts(&self.0[key]).iter().flat_map(byte_part).collect()
    }

    pub fn draft(&self) -> Vec<u8> {
        match self.0.get("draft_hex") {
            Some(hex) => unhex(hex),
            None => parts(&self.0["draft"]).iter().map(text_part).collect::<String>().into_bytes(),
        }
    }

    pub fn positions(&self) -> Vec<Hash> {
        let list = self.0["positions"].as_array();
        list.into_iter().flatten().map(|hash| hash.as_str().unwrap().parse().unwrap()).collect()
    }

    pub fn content(&self) -> Option<Value> {
        self.0.get("content").map(content)
    }
}

fn parts(of: &Json) -> Vec<Json> {
    of.as_array().cloned().unwrap_or_else(|| vec![of.clone()])
}

fn times(part: &Json) -> u64 {
    part["times"].as_u64().unwrap()
}

fn byte_part(part: &Json) -> Vec<u8> {
    if part.is_string() {
        return unhex(part);
    }
    if part.get("repeat").is_some() {
        return unhex(&part["repeat"]).repeat(times(part) as usize);
    }
    let (prefix, width) = (unhex(&part["prefix"]), part["counter"].as_u64().unwrap() as usize);
    let counted = |n: u64| {
        let mut bytes = prefix.clone();
        bytes.resize(prefix.len() + width - width.min(8), 0);
        bytes.extend(&n.to_be_bytes()[8 - width.min(8)..]);
        bytes
    };
    (0..times(part)).flat_map(counted).collect()
}

fn text_part(part: &Json) -> String {
    let text = |key: &str| part[key].as_str().unwrap();
    if let Some(text) = part.as_str() {
        return text.to_owned();
    }
    if part.get("repeat").is_some() {
        return text("repeat").repeat(times(part) as usize);
    }
    let width = 2 * part["counter"].as_u64().unwrap() as usize;
    let counted = |n| format!("{}{n:0width$x}{}", text("prefix"), text("suffix"));
    (0..times(part)).map(counted).collect()
}

fn unhex(hex: &Json) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_str().unwrap().as_bytes()).unwrap()
}

fn content(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Int(number.as_i128().unwrap()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(content).collect()),
        Json::Object(tagged) => {
            let (tag, value) = tagged.iter().next().unwrap();
            match tag.as_str() {
                "map" => Value::Map(sorted(value)),
                "float" => {
                    let bits = u64::from_str_radix(value.as_str().unwrap(), 16).unwrap();
                    Value::Float(f64::from_bits(bits))
                }
                "bytes" => Value::Bytes(unhex(value)),
                "link" => Value::Link(value.as_str().unwrap().parse().unwrap()),
                other => panic!("content has the tag {other}"),
            }
        }
    }
}

/// The order of keys that DAG-CBOR asks for; JSON objects keep none here.
fn sorted(map: &Json) -> Vec<(String, Value)> {
    let mut entries: Vec<_> =
        map.as_object().unwrap().iter().map(|(key, value)| (key.clone(), content(value))).collect();
    entries.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
    entries
}
