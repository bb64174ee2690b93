//! The law of the house: which module may import which, and that no test is forgotten.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For each module, what it may import. The reasons are in `src/lib.rs`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("world", &[]),
    ("sandbox", &[]),
    ("reach", &["world"]),
    ("check", &["world", "reach"]),
    ("plan", &["world", "reach", "check"]),
    ("playbook", &["world", "check", "plan"]),
    ("journal", &["world", "plan"]),
    ("operator", &["world", "check", "plan", "journal"]),
    ("execute", &["world", "plan", "journal", "operator", "clock"]),
    ("aws", &["world", "plan", "execute", "clock"]),
    ("collect", &["world", "aws", "clock"]),
    ("report", &["world", "reach", "check", "plan", "journal"]),
];

/// Crates that only one place may name, and the place.
const CONFINED: &[(&str, &str)] = &[
    ("aws_sdk_", "src/aws"),
    ("aws_config::", "src/aws"),
    ("aws_smithy_", "src/aws"),
    ("dialoguer::", "src/operator/terminal"),
    ("hyper::", "src/sandbox"),
    ("clap::", "src/cli"),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    crate::house::checkout("")
}

/// A file's code without whole-line comments, so that a link in a doc comment is no import.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules of this crate that a file names by `crate::…`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (index, _) in code.match_indices("crate::") {
        // `$crate::` and `some_crate::` are not ours.
        if code[..index].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[index + "crate::".len()..];
        if let Some(inner) = rest.strip_prefix('{') {
            let inner = inner.split('}').next().unwrap_or_default();
            found.extend(inner.split(',').map(first_word));
        } else {
            found.insert(first_word(rest));
        }
    }
    found.remove("");
    found
}

fn first_word(text: &str) -> String {
    text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn every_module_imports_only_what_it_may() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let module = module_of(&path);
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            assert!(
                ["cli", "lib", "main"].contains(&module.as_str()),
                "{module} has no row in the table of layers"
            );
            continue;
        };
        for import in imports(&code(&path)) {
            if import != module && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "against the layers:\n{}", wrong.join("\n"));
}

#[test]
fn a_confined_crate_is_named_only_in_its_place() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let text = code(&path);
        let inside = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        for (name, place) in CONFINED {
            if names(&text, name) && !inside.starts_with(place) {
                wrong.push(format!("{inside} names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "out of place:\n{}", wrong.join("\n"));
}

/// Whether a crate of this prefix is named as the beginning of a path, not inside a text.
fn names(code: &str, prefix: &str) -> bool {
    code.match_indices(prefix).any(|(index, _)| {
        let rest = &code[index..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        rest[end..].starts_with("::")
    })
}

#[test]
fn the_reader_of_imports_sees_what_it_should() {
    let seen =
        imports("use crate::{world, plan::Step};\nlet x = crate::check::all();\nmy_crate::no()");
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    assert_eq!(seen, ["check", "plan", "world"]);
}

#[test]
fn no_test_file_is_forgotten() {
    let main = fs::read_to_string(root().join("tests/main.rs")).unwrap();
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_module = path.extension().is_some_and(|extension| extension == "rs")
            || path.join("mod.rs").exists();
        if is_module && name != "main" {
            assert!(main.contains(&format!("mod {name};")), "tests/main.rs forgets {name}");
        }
    }
}

#[test]
fn no_source_file_is_a_dumping_ground() {
    for path in rust_files(&root().join("src")) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 600, "{} has {lines} lines; split it by topic", path.display());
    }
}
