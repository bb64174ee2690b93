//! The schemas in `docs/schemas` are those of the program, and they hold.
//!
//! `EBRESCUE_BLESS=1 cargo nextest run -E 'test(schemas)'` writes them anew.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use ebrescue::cli::documents::schemas;
use serde_json::Value;

/// Every schema, ready to be held against a document.
static VALIDATORS: LazyLock<BTreeMap<&str, jsonschema::Validator>> = LazyLock::new(|| {
    let compiled = |schema: &Value| jsonschema::validator_for(schema).expect("a schema");
    schemas().iter().map(|one| (one.name, compiled(&one.schema))).collect()
});

/// Fails unless a document is as its published schema says.
#[track_caller]
pub(crate) fn holds(schema: &str, document: &Value) {
    let validator = VALIDATORS.get(schema).expect("a published schema");
    let complaints: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(complaints.is_empty(), "not as {schema} says: {complaints:#?}\n{document:#}");
}

fn folder() -> PathBuf {
    crate::house::checkout("docs/schemas")
}

#[test]
fn the_published_schemas_are_those_of_the_program() {
    let bless = std::env::var_os("EBRESCUE_BLESS").is_some();
    for one in schemas() {
        let file = folder().join(format!("{}.json", one.name));
        let text = format!("{:#}\n", one.schema);
        if bless {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&file, &text).unwrap();
        }
        let published = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(published == text, "{} is not current: see the head of this file", file.display());
    }
}

#[test]
fn nothing_else_is_published() {
    let mut known: Vec<String> = schemas().iter().map(|one| format!("{}.json", one.name)).collect();
    known.sort();
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut files: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    files.sort();
    assert_eq!(files, known);
}

#[test]
fn a_document_with_another_word_for_its_verdict_is_refused() {
    let schema = &VALIDATORS["diagnosis"];
    assert!(!schema.is_valid(&serde_json::json!({"schema": "ebrescue.diagnosis/1"})));
}
