//! Whole console sessions, readable as documentation: what is typed, what is shown, how it ends.

/// Runs every session of `tests/sessions`, each command in a home of its own.
#[test]
fn the_sessions_go_as_they_are_written_down() {
    let home = tempfile::tempdir().unwrap();
    let cases = trycmd::TestCases::new();
    cases
        .env("HOME", home.path().to_string_lossy())
        .env("EBRESCUE_STATE_DIR", home.path().join("state").to_string_lossy())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("tests/sessions/*.md");
}
