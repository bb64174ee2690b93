//! The settings of a run: flags over environment variables over the project folder over defaults.
//!
//! The only reader of the environment; the AWS SDK reads the `AWS_*` variables by itself.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy as _;

use super::args::{Color, Format, Global};
use super::exit::Exit;
use super::failure::Failure;
use super::links;
use super::project::Project;
use crate::world::{Region, Scope};

/// The variables that are read.
const VARIABLES: [&str; 11] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
    "AWS_REGION",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "EBRESCUE_STATE_DIR",
    "NO_COLOR",
    "RUST_BACKTRACE",
    "TERM",
];

/// How wide text is made where nobody says how wide the paper is.
const PAPER: usize = 100;
/// Narrower than this nothing can be laid out; wider than the second, lines are hard to read.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;

/// What the program's surroundings say.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    variables: BTreeMap<&'static str, String>,
    terminals: Terminals,
    links: bool,
    columns: Option<usize>,
    endpoints: Vec<(String, String)>,
    folder: Option<PathBuf>,
    state_folder: Option<PathBuf>,
}

/// Which of the standard streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
struct Terminals {
    input: bool,
    output: bool,
    error: bool,
}

impl Surroundings {
    /// Reads them.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of the environment")]
    pub fn read() -> Self {
        let set = |name| Some((name, std::env::var(name).ok().filter(|text| !text.is_empty())?));
        let terminals = Terminals {
            input: std::io::stdin().is_terminal(),
            output: std::io::stdout().is_terminal(),
            error: std::io::stderr().is_terminal(),
        };
        let columns = if terminals.output {
            console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
        } else {
            None
        };
        Self {
            variables: VARIABLES.into_iter().filter_map(set).collect(),
            terminals,
            links: supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
            columns,
            endpoints: endpoints(),
            folder: std::env::current_dir().ok(),
            state_folder: etcetera::choose_base_strategy()
                .ok()
                .map(|base| base.state_dir().unwrap_or_else(|| base.data_dir()).join("ebrescue")),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Whether colours are right for a stream.
    fn colors(&self, wish: Color, terminal: bool) -> bool {
        match wish {
            Color::Always => true,
            Color::Never => false,
            // Source: https://no-color.org and https://bixense.com/clicolors: NO_COLOR first.
            Color::Auto if self.get("NO_COLOR").is_some() => false,
            Color::Auto if self.get("CLICOLOR_FORCE").is_some_and(|force| force != "0") => true,
            Color::Auto => terminal && self.get("TERM") != Some("dumb"),
        }
    }

    fn width(&self) -> usize {
        let told = self.get("COLUMNS").and_then(|text| text.parse().ok());
        let width = told.or(self.columns).unwrap_or(PAPER);
        width.clamp(*WIDTHS.start(), *WIDTHS.end())
    }
}

/// `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`, as far as they are set, empty ones too.
fn endpoints() -> Vec<(String, String)> {
    let text = |pair: (std::ffi::OsString, std::ffi::OsString)| {
        Some((pair.0.into_string().ok()?, pair.1.to_string_lossy().into_owned()))
    };
    let set = std::env::vars_os().filter_map(text);
    set.filter(|(name, _)| name.starts_with("AWS_ENDPOINT_URL")).collect()
}

/// The settings of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which AWS.
    pub aws: AwsSettings,
    /// Whether the region was named on the command line.
    pub region_was_named: bool,
    /// Work on this scenario instead, at this speed.
    pub sandbox: Option<(String, Option<f64>)>,
    /// The environment of the project folder.
    pub environment: Option<String>,
    /// What is wrong with the project folder, if something is.
    pub complaint: Option<String>,
    /// The application, if one was named or the project folder has one.
    pub application: Option<String>,
    /// How the result is written, if it was said.
    pub format: Option<Format>,
    /// Where sessions are kept; absent where there is no home folder.
    pub state_dir: Option<PathBuf>,
    /// A folder of the user's playbooks.
    pub playbook_dir: Option<PathBuf>,
    /// The longest the command may take.
    pub timeout: Option<Duration>,
    /// How often a wait looks again.
    pub poll_interval: Option<Duration>,
    /// Whether somebody is there to be asked.
    pub interactive: bool,
    /// Say only what is asked for.
    pub quiet: bool,
    /// How much more is said.
    pub verbose: u8,
    /// Where text is shown.
    pub screen: Screen,
}

/// Where text is shown.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what a screen can do, each apart from the others"
)]
pub struct Screen {
    /// Colours on standard output.
    pub colored_output: bool,
    /// Colours on standard error.
    pub colored_error: bool,
    /// Whether standard error is a terminal that can rewrite a line, for progress in place.
    pub live: bool,
    /// Whether standard output shows links (OSC 8).
    pub links: bool,
    /// How wide text is made.
    pub width: usize,
}

/// Which AWS is asked, as far as it was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsSettings {
    /// The region.
    pub region: Option<String>,
    /// The profile.
    pub profile: Option<String>,
    /// Where all calls go.
    pub endpoint_url: Option<String>,
    /// The variables that name endpoints, with what they say.
    pub endpoints_told: Vec<(String, String)>,
}

impl AwsSettings {
    /// Refuses an endpoint that is no URL. The SDK takes it as it comes: an empty one ends in a
    /// panic, and one without a scheme in a call that never leaves.
    pub fn usable(&self) -> Result<(), Failure> {
        let flag = self.endpoint_url.iter().map(|url| ("--endpoint-url", url.as_str()));
        let told = self.endpoints_told.iter().map(|(name, url)| (name.as_str(), url.as_str()));
        let is_url = |url: &str| {
            let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
            host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        };
        match flag.chain(told).find(|(_, url)| !is_url(url)) {
            None => Ok(()),
            Some((name, "")) => Err(Failure::usage(format!("{name} is set, but empty"))
                .hinted("unset it, or name an endpoint: http://127.0.0.1:4566")),
            Some((name, url)) => Err(Failure::usage(format!("{name} is no URL: `{url}`"))
                .hinted("it begins with http:// or https://")),
        }
    }
}

impl Settings {
    /// Weighs flags, surroundings and project folder.
    pub fn new(global: Global, surroundings: &Surroundings) -> Self {
        let project = match (&global.sandbox, &surroundings.folder) {
            (None, Some(folder)) => Project::near(folder),
            (Some(_), _) | (None, None) => Project::default(),
        };
        let Terminals { input, output, error } = surroundings.terminals;
        let region_told = ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .iter()
            .any(|name| surroundings.get(name).is_some());
        let credentials_told = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID"]
            .iter()
            .any(|name| surroundings.get(name).is_some());
        Self {
            region_was_named: global.region.is_some(),
            aws: AwsSettings {
                region: global.region.or(project.region.filter(|_| !region_told)),
                profile: global.profile.or(project.profile.filter(|_| !credentials_told)),
                endpoint_url: global.endpoint_url,
                endpoints_told: surroundings.endpoints.clone(),
            },
            sandbox: global.sandbox.map(|scenario| (scenario, global.sandbox_speed)),
            environment: project.environment,
            complaint: project.complaint,
            application: global.application.or(project.application),
            format: global.format,
            state_dir: global
                .state_dir
                .or_else(|| surroundings.get("EBRESCUE_STATE_DIR").map(PathBuf::from))
                .or_else(|| surroundings.state_folder.clone()),
            playbook_dir: global.playbook_dir,
            timeout: global.timeout,
            poll_interval: global.poll_interval,
            interactive: input && error && !global.non_interactive,
            quiet: global.quiet,
            verbose: global.verbose,
            screen: Screen {
                colored_output: surroundings.colors(global.color, output),
                colored_error: surroundings.colors(global.color, error),
                links: surroundings.links && surroundings.get("AWS_ENDPOINT_URL").is_none(),
                live: error && surroundings.get("TERM") != Some("dumb"),
                width: surroundings.width(),
            },
        }
    }

    /// The settings to work where a plan or session belongs.
    pub fn at(&self, scope: &Scope, what: &str) -> Result<Self, Failure> {
        let region = scope.region.to_string();
        let asked = self.aws.region.as_ref().filter(|_| self.region_was_named);
        if let Some(asked) = asked.filter(|asked| **asked != region) {
            return Err(Failure::new(
                Exit::NotFound,
                format!("{what} is for {region}, not for {asked}"),
            ));
        }
        let aws = AwsSettings { region: Some(region), ..self.aws.clone() };
        Ok(Self { aws, ..self.clone() })
    }

    /// The folder that sessions are kept in.
    pub fn state(&self) -> Result<&Path, Failure> {
        self.state_dir.as_deref().ok_or_else(|| {
            Failure::new(Exit::NotFound, "no folder to keep sessions in: there is no home folder")
                .hinted("name one by --state-dir or EBRESCUE_STATE_DIR")
        })
    }

    /// The text of a screen, with links to the console behind identifiers where the terminal
    /// knows them and they lead to AWS itself.
    pub fn linked(&self, text: String, region: &Region) -> String {
        let is_aws = self.sandbox.is_none() && self.aws.endpoint_url.is_none();
        if is_aws && self.screen.links { links::linked(&text, region) } else { text }
    }

    /// Whether the result is to be JSON.
    pub fn json(&self) -> bool {
        self.format == Some(Format::Json)
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::Arguments;
    use super::*;
    use clap::Parser as _;

    fn surroundings(variables: &[(&'static str, &str)]) -> Surroundings {
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Surroundings { variables: variables.collect(), ..Surroundings::default() }
    }

    fn settings(flags: &[&str], surroundings: &Surroundings) -> Settings {
        let line = [&["ebrescue"], flags, &["man"]].concat();
        Settings::new(Arguments::try_parse_from(line).unwrap().global, surroundings)
    }

    #[test]
    fn a_flag_beats_the_environment_beats_the_project_folder() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".elasticbeanstalk");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.yml"), "global: {default_region: eu-west-1}").unwrap();
        let mut around = surroundings(&[]);
        around.folder = Some(home.path().to_owned());
        assert_eq!(settings(&[], &around).aws.region.as_deref(), Some("eu-west-1"));
        around.variables.insert("AWS_REGION", "us-east-2".to_owned());
        assert_eq!(settings(&[], &around).aws.region, None, "the SDK reads it");
        let told = settings(&["--region", "sa-east-1"], &around);
        assert_eq!(told.aws.region.as_deref(), Some("sa-east-1"));
    }

    #[test]
    fn no_color_beats_clicolor_force_and_a_flag_beats_both() {
        let around = surroundings(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]);
        assert!(!settings(&[], &around).screen.colored_output);
        assert!(settings(&["--color", "always"], &around).screen.colored_output);
        assert!(settings(&[], &surroundings(&[("CLICOLOR_FORCE", "1")])).screen.colored_output);
    }

    #[test]
    fn an_endpoint_that_is_no_url_is_refused_by_name() {
        let mut around = surroundings(&[]);
        assert!(settings(&[], &around).aws.usable().is_ok());
        for wrong in ["", "localhost:4566", "http://", "ftp://there"] {
            around.endpoints = vec![("AWS_ENDPOINT_URL_EC2".to_owned(), wrong.to_owned())];
            let refused = settings(&[], &around).aws.usable().unwrap_err();
            assert_eq!(refused.exit, Exit::Usage);
            assert!(refused.message.contains("AWS_ENDPOINT_URL_EC2"), "{}", refused.message);
        }
        around.endpoints = vec![("AWS_ENDPOINT_URL".to_owned(), "http://[::1]:80".to_owned())];
        assert!(settings(&[], &around).aws.usable().is_ok());
        assert!(settings(&["--endpoint-url", "there"], &around).aws.usable().is_err());
    }

    #[test]
    fn without_a_terminal_nobody_is_asked() {
        assert!(!settings(&[], &surroundings(&[])).interactive);
    }

    #[test]
    fn the_state_folder_can_be_moved() {
        let around = surroundings(&[("EBRESCUE_STATE_DIR", "/tmp/there")]);
        assert_eq!(settings(&[], &around).state_dir, Some(PathBuf::from("/tmp/there")));
        let flag = settings(&["--state-dir", "/tmp/here"], &around);
        assert_eq!(flag.state_dir, Some(PathBuf::from("/tmp/here")));
    }

    #[test]
    fn a_width_is_kept_where_text_can_be_laid_out() {
        assert_eq!(settings(&[], &surroundings(&[("COLUMNS", "7")])).screen.width, 40);
        assert_eq!(settings(&[], &surroundings(&[("COLUMNS", "wide")])).screen.width, PAPER);
    }
}
