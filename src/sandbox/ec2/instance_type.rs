//! Instance types, and in which zones they are offered.

use serde_json::{Value, json};

use super::{Ec2, Handler, listing, zone};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// An instance type.
#[derive(Clone, Debug)]
pub(super) struct InstanceType {
    /// `t3.small`.
    pub(super) name: String,
    /// Its virtual processors.
    pub(super) vcpus: u32,
    /// Its memory.
    memory_mib: u32,
    /// What its processors can run.
    pub(super) architectures: &'static [&'static str],
    /// Whether it is of a generation before Nitro.
    xen: bool,
}

const X86: &[&str] = &["x86_64"];
const OLD: &[&str] = &["i386", "x86_64"];
const ARM: &[&str] = &["arm64"];

/// Families: what they run, whether they are from before Nitro, and memory for each processor in
/// MiB (burstable ones go by their size).
const FAMILIES: [(&str, &[&str], bool, u32); 22] = [
    ("t2", OLD, true, 0),
    ("t3", X86, false, 0),
    ("t3a", X86, false, 0),
    ("t4g", ARM, false, 0),
    ("m4", X86, true, 4096),
    ("m5", X86, false, 4096),
    ("m5a", X86, false, 4096),
    ("m6a", X86, false, 4096),
    ("m6g", ARM, false, 4096),
    ("m6i", X86, false, 4096),
    ("m7g", ARM, false, 4096),
    ("m7i", X86, false, 4096),
    ("c4", X86, true, 1920),
    ("c5", X86, false, 2048),
    ("c6g", ARM, false, 2048),
    ("c6i", X86, false, 2048),
    ("c7g", ARM, false, 2048),
    ("r4", X86, true, 7808),
    ("r5", X86, false, 8192),
    ("r6g", ARM, false, 8192),
    ("r6i", X86, false, 8192),
    ("r7g", ARM, false, 8192),
];

/// Sizes with their processors, and with the memory of burstable ones in MiB.
const SIZES: [(&str, u32, Option<u32>); 8] = [
    ("nano", 2, Some(512)),
    ("micro", 2, Some(1024)),
    ("small", 2, Some(2048)),
    ("medium", 2, Some(4096)),
    ("large", 2, Some(8192)),
    ("xlarge", 4, Some(16384)),
    ("2xlarge", 8, Some(32768)),
    ("4xlarge", 16, None),
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "DescribeInstanceTypes" => Some(describe),
        "DescribeInstanceTypeOfferings" => Some(describe_offerings),
        _ => None,
    }
}

/// The type with a name.
pub(super) fn find(name: &str) -> Option<InstanceType> {
    let (family, size) = name.split_once('.')?;
    let (_, architectures, xen, per_processor) =
        FAMILIES.iter().find(|(known, ..)| *known == family)?;
    let (_, processors, memory) = SIZES.iter().find(|(known, ..)| *known == size)?;
    // The two smallest of the first burstable family have one processor.
    let single = family == "t2" && matches!(size, "nano" | "micro" | "small");
    let vcpus = if single { 1 } else { *processors };
    let memory_mib = match (*per_processor, *memory) {
        (0, memory) => memory?,
        (_, Some(small)) if small < 8192 => return None,
        (each, _) => each * vcpus,
    };
    Some(InstanceType { name: name.to_owned(), vcpus, memory_mib, architectures, xen: *xen })
}

fn all() -> Vec<InstanceType> {
    let names = FAMILIES
        .iter()
        .flat_map(|(family, ..)| SIZES.iter().map(move |(size, ..)| format!("{family}.{size}")));
    names.filter_map(|name| find(&name)).collect()
}

/// Whether a type is offered in a zone.
pub(super) fn is_offered(ec2: &Ec2, name: &str, zone: &str) -> bool {
    let known = find(name);
    // N. Virginia's oldest zone has nothing of the Nitro generations.
    known.is_some_and(|known| zone != "us-east-1e" || known.xen)
        && !ec2.not_offered.contains(&format!("{name} {zone}"))
}

/// The zones of a region that offer a type.
pub(super) fn zones_with(account: &Account, name: &str) -> Vec<String> {
    let zones = zone::names(&account.region).into_iter();
    zones.filter(|zone| is_offered(&account.here.ec2, name, zone)).collect()
}

fn tree(known: &InstanceType) -> Value {
    let burstable = known.name.starts_with('t');
    json!({
        "instanceType": known.name,
        "currentGeneration": !known.xen || known.name.starts_with("t2"),
        "freeTierEligible": matches!(known.name.as_str(), "t2.micro" | "t3.micro"),
        "supportedUsageClasses": ["on-demand", "spot"],
        "supportedRootDeviceTypes": ["ebs"],
        "supportedVirtualizationTypes": ["hvm"],
        "bareMetal": false,
        "hypervisor": if known.xen { "xen" } else { "nitro" },
        "processorInfo": { "supportedArchitectures": known.architectures },
        "vCpuInfo": { "defaultVCpus": known.vcpus, "defaultCores": known.vcpus.div_ceil(2) },
        "memoryInfo": { "sizeInMiB": known.memory_mib },
        "instanceStorageSupported": false,
        "networkInfo": {
            "networkPerformance": "Up to 5 Gigabit",
            "maximumNetworkInterfaces": 3,
            "ipv4AddressesPerInterface": 6,
            "enaSupport": if known.xen { "supported" } else { "required" },
        },
        "burstablePerformanceSupported": burstable,
        "dedicatedHostsSupported": true,
        "autoRecoverySupported": true,
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.texts("InstanceType");
    let offered = |name: &str| !zones_with(account, name).is_empty();
    let bad: Vec<&String> =
        wanted.iter().filter(|name| find(name).is_none() || !offered(name)).collect();
    if !bad.is_empty() {
        let names: Vec<&str> = bad.into_iter().map(String::as_str).collect();
        return Err(Fault::new(
            "InvalidInstanceType",
            format!("The following supplied instance types do not exist: [{}]", names.join(", ")),
        ));
    }
    let mut found: Vec<Value> = all()
        .iter()
        .filter(|known| wanted.is_empty() || wanted.contains(&known.name))
        .filter(|known| offered(&known.name))
        .map(tree)
        .collect();
    let filters = [
        ("instance-type", "instanceType"),
        ("current-generation", "currentGeneration"),
        ("processor-info.supported-architecture", "processorInfo.supportedArchitectures"),
        ("vcpu-info.default-vcpus", "vCpuInfo.defaultVCpus"),
        ("memory-info.size-in-mib", "memoryInfo.sizeInMiB"),
        ("hypervisor", "hypervisor"),
        ("bare-metal", "bareMetal"),
        ("free-tier-eligible", "freeTierEligible"),
        ("burstable-performance-supported", "burstablePerformanceSupported"),
        ("supported-usage-class", "supportedUsageClasses"),
        ("supported-root-device-type", "supportedRootDeviceTypes"),
    ];
    listing::filtered(&mut found, call, &filters)?;
    listing::page(call, "instanceTypeSet", found)
}

fn describe_offerings(account: &mut Account, call: &Call) -> Answer {
    let kind = call.params.text("LocationType").unwrap_or("region");
    let mut found: Vec<Value> = Vec::new();
    for known in all() {
        let zones = zones_with(account, &known.name);
        let places = match kind {
            "region" if zones.is_empty() => Vec::new(),
            "region" => vec![account.region.clone()],
            "availability-zone" => zones,
            "availability-zone-id" => {
                zones.iter().map(|name| zone::id(&account.region, name)).collect()
            }
            other => {
                return Err(Fault::invalid_value(format!(
                    "Value ({other}) for parameter locationType is invalid."
                )));
            }
        };
        found.extend(places.into_iter().map(
            |place| json!({ "instanceType": known.name, "locationType": kind, "location": place }),
        ));
    }
    let filters = [("instance-type", "instanceType"), ("location", "location")];
    listing::filtered(&mut found, call, &filters)?;
    listing::page(call, "instanceTypeOfferingSet", found)
}
