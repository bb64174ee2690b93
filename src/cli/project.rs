//! A project folder as the `eb` CLI keeps it: `.elasticbeanstalk/config.yml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// What the folder says about the environment, region and profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// The branch's environment, or the default one.
    pub environment: Option<String>,
    /// The application.
    pub application: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The profile.
    pub profile: Option<String>,
    /// What is wrong with the file, where it cannot be read.
    pub complaint: Option<String>,
}

/// The file's content, as far as it matters here; the rest is the `eb` CLI's own.
///
/// Source: `ebcli/operations/initializeops.py` and `ebcli/core/fileoperations.py` of awsebcli,
/// which write and read these keys.
#[derive(Debug, Default, Deserialize)]
struct File {
    #[serde(rename = "branch-defaults", default)]
    branch_defaults: Option<BTreeMap<String, Option<Branch>>>,
    #[serde(default)]
    global: Option<Defaults>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Branch {
    #[serde(default)]
    environment: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Defaults {
    #[serde(default)]
    application_name: Option<String>,
    #[serde(default)]
    default_region: Option<String>,
    #[serde(default)]
    profile: Option<String>,
}

/// The key that the `eb` CLI uses where there is no version control.
const NO_BRANCH: &str = "default";

impl Project {
    /// Reads the nearest project folder, upwards from `folder`; one that cannot be read counts as
    /// none, because it is another program's file and only a convenience here.
    pub fn near(folder: &Path) -> Self {
        let file = folder
            .ancestors()
            .map(|folder| (folder, folder.join(".elasticbeanstalk").join("config.yml")))
            .find_map(|(root, file)| Some((root, std::fs::read_to_string(file).ok()?)));
        let Some((root, text)) = file else { return Self::default() };
        let parsed = Self::parse(&text, branch(root).as_deref());
        let told = |what: String| format!("{}/.elasticbeanstalk/config.yml{what}", root.display());
        Self { complaint: parsed.complaint.map(told), ..parsed }
    }

    fn parse(text: &str, branch: Option<&str>) -> Self {
        let file = match serde_saphyr::from_str::<File>(text) {
            Ok(file) => file,
            Err(error) => {
                let place = error.location();
                let line = place.map_or_else(String::new, |place| format!(":{}", place.line()));
                let complaint = format!("{line} is not as the eb CLI writes it; it counts as none");
                return Self { complaint: Some(complaint), ..Self::default() };
            }
        };
        let branches = file.branch_defaults.unwrap_or_default();
        let of = |name: &str| branches.get(name).cloned().flatten().and_then(|one| one.environment);
        let global = file.global.unwrap_or_default();
        let set = |value: Option<String>| value.filter(|text| !text.trim().is_empty());
        Self {
            environment: set(branch.and_then(of).or_else(|| of(NO_BRANCH))),
            application: set(global.application_name),
            region: set(global.default_region),
            profile: set(global.profile),
            complaint: None,
        }
    }
}

/// The git branch that is checked out in the folder or above it.
fn branch(folder: &Path) -> Option<String> {
    let git = folder.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    let git = if git.is_file() {
        // A worktree's `.git` is a file that says where its folder is.
        let text = std::fs::read_to_string(&git).ok()?;
        git.parent()?.join(text.strip_prefix("gitdir:")?.trim())
    } else {
        git
    };
    let head = std::fs::read_to_string(git.join("HEAD")).ok()?;
    head.trim().strip_prefix("ref: refs/heads/").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\
branch-defaults:
  main:
    environment: shop-prod
    group_suffix: null
  feature/mail:
    environment: shop-mail
  bare: null
global:
  application_name: shop
  default_ec2_keyname: null
  default_platform: Node.js 20 running on 64bit Amazon Linux 2023
  default_region: us-west-2
  include_git_submodules: true
  profile: eb-cli
  sc: git
";

    #[test]
    fn the_branch_decides_the_environment() {
        let of = |branch| Project::parse(CONFIG, branch).environment;
        assert_eq!(of(Some("feature/mail")).as_deref(), Some("shop-mail"));
        assert_eq!(of(Some("main")).as_deref(), Some("shop-prod"));
        assert_eq!(of(Some("bare")), None);
        assert_eq!(of(Some("other")), None);
        assert_eq!(of(None), None);
        assert_eq!(Project::parse(CONFIG, None).region.as_deref(), Some("us-west-2"));
    }

    #[test]
    fn the_folder_is_looked_for_upwards_and_git_tells_the_branch() {
        let home = tempfile::tempdir().unwrap();
        let deep = home.path().join("src/app");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::create_dir_all(home.path().join(".elasticbeanstalk")).unwrap();
        std::fs::write(home.path().join(".elasticbeanstalk/config.yml"), CONFIG).unwrap();
        std::fs::create_dir_all(home.path().join(".git")).unwrap();
        std::fs::write(home.path().join(".git/HEAD"), "ref: refs/heads/feature/mail\n").unwrap();
        let project = Project::near(&deep);
        assert_eq!(project.environment.as_deref(), Some("shop-mail"));
        assert_eq!(project.application.as_deref(), Some("shop"));
        assert_eq!(project.profile.as_deref(), Some("eb-cli"));
    }

    #[test]
    fn a_broken_file_counts_as_none() {
        let broken = Project::parse("branch-defaults: [1, 2", Some("main"));
        let complaint = broken.complaint.clone().unwrap();
        assert!(complaint.starts_with(":1 is not"), "{complaint}");
        assert_eq!(Project { complaint: None, ..broken }, Project::default());
        assert_eq!(Project::parse("", None), Project::default());
        assert_eq!(Project::parse("global: null\nbranch-defaults: null", None), Project::default());
    }
}
