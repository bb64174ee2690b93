//! `scan`: one line for each environment of some regions, worst first.

use std::collections::BTreeSet;

use clap::Args;
use tokio::task::JoinSet;

use crate::aws::Aws;
use crate::check::{self, Verdict};
use crate::cli::connection::{self, Connection};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::clock::{Clock as _, WallClock};
use crate::collect::{self, CollectError, RegionSeen, Which};
use crate::report::words::{count, list};
use crate::report::{
    NotCheckedDocument, Refused, Scan, ScanDocument, ScanLine, ScanText, ScannedRegion, plain,
};
use crate::world::Region;

/// Which regions, and what in them.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Regions, separated by commas [default: the one that is set]
    #[arg(long, value_name = "REGION,…", value_delimiter = ',', conflicts_with = "all_regions")]
    regions: Vec<String>,

    /// All regions that are switched on for the account
    #[arg(long)]
    all_regions: bool,

    /// Terminated environments too, for as long as AWS can restore them (42 days)
    #[arg(long)]
    terminated: bool,
}

/// Looks at all environments; changes nothing.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let began = WallClock.now();
    let here = there(arguments, settings)?;
    let scan = connection::run(&here, async |connection| {
        connection.bounded(Box::pin(scan(arguments, &here, &connection, printer))).await?
    });
    let (scan, refused) = scan?;
    if settings.json() {
        printer.json(&ScanDocument::new(&scan, began))?;
    } else {
        let next = match &settings.sandbox {
            Some((scenario, _)) => format!("ebrescue diagnose --sandbox {scenario}"),
            None => "ebrescue diagnose --region REGION ENVIRONMENT".to_owned(),
        };
        let took = WallClock.now().duration_since(began).unsigned_abs();
        let text = ScanText { scan: &scan, took, next: &next, width: settings.screen.width };
        printer.data(&text.render())?;
    }
    // What is known to be wrong comes before what is not known.
    match refused {
        _ if scan.unwell() > 0 => Ok(Exit::Unwell),
        Some(error) => Err(error.into()),
        None => Ok(Exit::Done),
    }
}

/// The settings to begin with: any of the named regions will do to connect.
fn there(arguments: &Arguments, settings: &Settings) -> Result<Settings, Failure> {
    let mut settings = settings.clone();
    if let Some(first) = arguments.regions.first() {
        if arguments.regions.iter().any(|name| name.trim().is_empty()) {
            return Err(Failure::usage("a region has no name")
                .hinted("separate regions by commas alone: --regions us-east-1,eu-west-1"));
        }
        settings.aws.region = Some(first.trim().to_owned());
    }
    Ok(settings)
}

/// Reads and judges all regions at once.
async fn scan(
    arguments: &Arguments,
    settings: &Settings,
    connection: &Connection,
    printer: Printer,
) -> Result<(Scan, Option<CollectError>), Failure> {
    let regions = regions(arguments, &connection.aws).await?;
    let names: Vec<&str> = regions.iter().map(Region::as_str).collect();
    let progress = Progress::new(settings, printer);
    progress.tell(&format!("scanning {}", list(&names)));
    let which =
        Which { application: settings.application.clone(), terminated: arguments.terminated };
    let mut tasks = JoinSet::new();
    let mut ways = Vec::new();
    for (place, region) in regions.iter().enumerate() {
        let (aws, which) = (connection.aws.in_region(region).recording_apart(), which.clone());
        ways.push(aws.clone());
        tasks.spawn(async move {
            let seen = Box::pin(collect::region(&aws, &which)).await;
            (place, Judged::of(&aws, seen))
        });
    }
    let mut judged: Vec<Option<Judged>> = regions.iter().map(|_| None).collect();
    loop {
        tokio::select! {
            done = tasks.join_next() => match done {
                Some(Ok((place, found))) => {
                    progress.tell(&found.sentence());
                    judged[place] = Some(found);
                }
                Some(Err(failure)) => std::panic::resume_unwind(failure.into_panic()),
                None => break,
            },
            () = progress.due() => {
                let calls: usize = ways.iter().map(Aws::calls_made).sum();
                let read = judged.iter().flatten().count();
                let regions = count(regions.len(), "region");
                progress.passing(&format!("{read} of {regions} read, {}", count(calls, "call")));
            }
        }
    }
    progress.end();
    Ok(together(judged.into_iter().flatten()))
}

/// The regions that were named, all of the account, or the one that is set.
async fn regions(arguments: &Arguments, aws: &Aws) -> Result<Vec<Region>, Failure> {
    if arguments.all_regions {
        let answer = aws.regions().await.map_err(|failed| Failure::from(failed.error))?;
        return Ok(answer.value);
    }
    let mut named: Vec<Region> = Vec::new();
    for name in &arguments.regions {
        let region = Region::from(name.trim());
        if !named.contains(&region) {
            named.push(region);
        }
    }
    if named.is_empty() {
        named.push(aws.region().clone());
    }
    Ok(named)
}

/// One region, read and judged.
struct Judged {
    region: ScannedRegion,
    account: Option<String>,
    lines: Vec<ScanLine>,
    error: Option<CollectError>,
}

impl Judged {
    fn of(aws: &Aws, seen: Result<RegionSeen, CollectError>) -> Self {
        let mut judged = Self {
            region: ScannedRegion {
                region: aws.region().to_string(),
                calls: aws.calls_made(),
                environments: Ok(0),
                not_checked: Vec::new(),
            },
            account: None,
            lines: Vec::new(),
            error: None,
        };
        match seen {
            Ok(seen) => judged.judge(seen),
            Err(error) => {
                let code = error.why().map(|why| why.code.clone()).unwrap_or_default();
                judged.region.environments = Err(Refused { code, message: error.to_string() });
                judged.error = Some(error);
            }
        }
        judged
    }

    fn judge(&mut self, seen: RegionSeen) {
        self.account = seen.account().map(ToString::to_string);
        self.region.environments = Ok(seen.count());
        let mut gaps = BTreeSet::new();
        seen.each(|snapshot| {
            let diagnosis = check::diagnose(snapshot);
            self.lines.push(ScanLine::new(snapshot, &diagnosis));
            gaps.extend(diagnosis.not_checked);
        });
        self.region.not_checked = gaps.iter().map(NotCheckedDocument::of).collect();
    }

    /// What is told as soon as the region is read.
    fn sentence(&self) -> String {
        let ScannedRegion { region, environments, .. } = &self.region;
        match environments {
            Ok(0) => format!("{region}: no environment"),
            Ok(found) => {
                let unwell = self.lines.iter().filter(|line| line.verdict != Verdict::Healthy);
                format!(
                    "{region}: {}, {} not healthy",
                    count(*found, "environment"),
                    unwell.count()
                )
            }
            Err(refused) => plain(&format!("{region}: not read: {}", refused.message)),
        }
    }
}

/// All regions as one scan; the first refusal is kept with its next step.
fn together(regions: impl Iterator<Item = Judged>) -> (Scan, Option<CollectError>) {
    let (mut scan, mut first) = (Scan::default(), None);
    for Judged { region, account, lines, error } in regions {
        scan.account = scan.account.or(account);
        scan.regions.push(region);
        scan.lines.extend(lines);
        first = first.or(error);
    }
    (scan.sorted(), first)
}
