//! Where the checkout is that is being tested.

use std::path::{Path, PathBuf};

/// A path of the checkout, absolute. Asked at run time (cargo runs tests in the package's folder),
/// for a binary that was built in one checkout and kept for another would read the first one's files.
pub(crate) fn checkout(path: impl AsRef<Path>) -> PathBuf {
    std::env::current_dir().unwrap().join(path)
}
