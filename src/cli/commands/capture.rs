//! `capture [ENV] -o BUNDLE`: all evidence in one file, for work without credentials.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::cli::args::Target;
use crate::cli::connection;
use crate::cli::documents::Captured;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::Look;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::collect::Wanted;
use crate::report::words::count;
use crate::world::Snapshot;

/// The name of the bundle's format.
const FORMAT: &str = "ebrescue.bundle/1";

/// Which environment, and where to.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,

    /// The file to write
    #[arg(short, long, value_name = "BUNDLE")]
    output: PathBuf,
}

/// What a bundle holds.
#[derive(Debug, Serialize, Deserialize)]
struct Bundle {
    schema: String,
    program: String,
    snapshot: Snapshot,
}

/// Reads everything there is and saves it. Secrets never come as far as a snapshot.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let given = arguments.target.environment.as_deref();
    let look = connection::about(settings, given, async |connection, environment| {
        let application = settings.application.clone();
        let wanted = Wanted { everything: true, platforms: true, application };
        Look::wanting(&connection, &environment, &wanted).await
    })?;
    let calls = look.snapshot.calls.len();
    let bundle = Bundle {
        schema: FORMAT.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        snapshot: *look.snapshot,
    };
    let text = serde_json::to_vec(&bundle)
        .map_err(|error| Failure::new(Exit::Bug, "cannot write JSON").because(&error))?;
    write_whole(&arguments.output, &text)?;
    if settings.json() {
        printer.json(&Captured {
            schema: "ebrescue.capture/1",
            bundle: arguments.output.display().to_string(),
            calls,
            bytes: text.len(),
        })?;
    } else {
        let file = arguments.output.display();
        printer.talk(&format!(
            "{} in {file}; read it with `ebrescue diagnose --bundle {file}`",
            count(calls, "answer")
        ));
    }
    Ok(Exit::Done)
}

/// Reads a bundle.
pub fn read(path: &Path) -> Result<Look, Failure> {
    let wrong = |what: &str| Failure::new(Exit::NotFound, format!("{what} {}", path.display()));
    let text =
        std::fs::read(path).map_err(|error| wrong("cannot read the bundle").because(&error))?;
    let bundle: Bundle = serde_json::from_slice(&text)
        .map_err(|error| wrong("this is no bundle:").because(&error))?;
    if bundle.schema != FORMAT {
        return Err(wrong("not a bundle that this version can read:").detail(bundle.schema));
    }
    Ok(Look::of(bundle.snapshot))
}

/// Writes a file whole or not at all.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let fail = |error: &dyn std::error::Error| {
        Failure::new(Exit::NotFound, format!("cannot write {}", path.display())).because(error)
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| fail(&error))?;
    file.write_all(content).map_err(|error| fail(&error))?;
    file.persist(path).map_err(|error| fail(&error.error))?;
    Ok(())
}
