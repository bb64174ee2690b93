//! How AWS is reached: credentials, region, endpoint, one HTTP client for everything.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::governor::Governor;
use super::names::Names;
use super::{AwsError, ErrorKind};
use crate::clock::SharedClock;
use crate::world::{CallRecord, Region};

/// Where and as whom AWS is to be used; everything left out comes from the environment and the
/// shared configuration files, as with every AWS tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionSettings {
    /// The region's code.
    pub region: Option<String>,
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// One endpoint for all services.
    pub endpoint_url: Option<String>,
    /// Made-up credentials for the embedded sandbox, which accepts any.
    pub sandbox_credentials: bool,
}

/// Longest time to wait for a connection.
// The nearest AWS region answers in well under a second; five allow for two lost packets.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest time that one try of one call may take.
// Elastic Beanstalk's settings and CloudTrail's lookups were seen to take up to 20 seconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// A way to AWS in one region; cheap to clone, all clones share connections and rate limits.
#[derive(Clone, Debug)]
pub struct Aws {
    pub(super) shared: Arc<Shared>,
    pub(super) log: CallLog,
    regions: Regions,
}

/// The regions that were used so far, so that each has one set of rate limits.
type Regions = Arc<Mutex<BTreeMap<Region, Arc<Shared>>>>;

/// What all clones of one [`Aws`] share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) clock: SharedClock,
    pub(super) governor: Governor,
    config: SdkConfig,
    region: Region,
    clients: Clients,
    sandbox: bool,
}

impl Shared {
    fn new(config: SdkConfig, region: Region, clock: SharedClock, sandbox: bool) -> Self {
        let (governor, clients) = (Governor::default(), Clients::default());
        Self { clock, governor, config, region, clients, sandbox }
    }
}

/// The calls made through one handle, in the order of their answers.
#[derive(Clone, Debug, Default)]
pub(super) struct CallLog(Arc<Mutex<Vec<CallRecord>>>);

impl CallLog {
    pub(super) fn push(&self, record: CallRecord) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn take(&self) -> Vec<CallRecord> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Aws {
    /// Prepares a session; nothing is sent yet, but files and variables are read.
    ///
    /// # Errors
    /// If no region is configured anywhere.
    pub async fn connect(settings: &SessionSettings, clock: SharedClock) -> Result<Self, AwsError> {
        let region =
            RegionProviderChain::first_try(settings.region.clone().map(aws_config::Region::new));
        // The region chain of the SDK ends with the metadata service of EC2, which nobody is to
        // wait for who has just forgotten `--region`.
        let mut files = ProfileFileRegionProvider::builder();
        if let Some(profile) = &settings.profile {
            files = files.profile_name(profile);
        }
        let region = if settings.profile.is_some() {
            region.or_else(files.build()).or_else(EnvironmentVariableRegionProvider::new())
        } else {
            region.or_else(EnvironmentVariableRegionProvider::new()).or_else(files.build())
        };
        let region = region.region().await.ok_or_else(|| no_region(settings.profile.as_deref()))?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(region.clone())
            .http_client(http_client())
            .sleep_impl(TokioSleep::new())
            .app_name(app_name())
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .build(),
            );
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(endpoint) = &settings.endpoint_url {
            loader = loader.endpoint_url(endpoint);
        }
        if settings.sandbox_credentials {
            loader = loader.credentials_provider(sandbox_credentials());
        }
        let sandbox = settings.sandbox_credentials;
        Ok(Self::from_config(loader.load().await, Region(region.to_string()), clock, sandbox))
    }

    fn from_config(config: SdkConfig, region: Region, clock: SharedClock, sandbox: bool) -> Self {
        let shared = Arc::new(Shared::new(config, region, clock, sandbox));
        let regions = BTreeMap::from([(shared.region.clone(), Arc::clone(&shared))]);
        Self { shared, log: CallLog::default(), regions: Arc::new(Mutex::new(regions)) }
    }

    /// The same session in another region, with that region's own rate limits.
    #[must_use]
    pub fn in_region(&self, region: &Region) -> Self {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = regions.entry(region.clone()).or_insert_with(|| {
            let sdk_region = aws_config::Region::new(region.to_string());
            let config = self.shared.config.clone().into_builder().region(sdk_region).build();
            let clock = self.shared.clock.clone();
            Arc::new(Shared::new(config, region.clone(), clock, self.shared.sandbox))
        });
        Self { shared: Arc::clone(shared), ..self.clone() }
    }

    /// A handle on the same session that records its calls apart from the others.
    #[must_use]
    pub fn recording_apart(&self) -> Self {
        Self { log: CallLog::default(), ..self.clone() }
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.shared.region
    }

    /// Whether a dry run is known to change nothing here: on AWS, and on the embedded sandbox.
    pub(super) fn answers_dry_runs(&self) -> bool {
        self.shared.config.endpoint_url().is_none() || self.shared.sandbox
    }

    /// The clock that calls are recorded by.
    pub fn clock(&self) -> &SharedClock {
        &self.shared.clock
    }

    /// How many calls were answered so far through this handle and its clones.
    pub fn calls_made(&self) -> usize {
        self.log.len()
    }

    /// Takes the records of the calls that were made through this handle.
    pub fn take_calls(&self) -> Vec<CallRecord> {
        self.log.take()
    }
}

/// How we are named in AWS's logs of calls.
fn app_name() -> AppName {
    AppName::new("ebrescue").expect("the name has only characters that are allowed")
}

fn no_region(profile: Option<&str>) -> AwsError {
    let message = match profile {
        Some(profile) => format!(
            "no AWS region is configured: there is no profile `{profile}`, or it names none"
        ),
        None => "no AWS region is configured".to_owned(),
    };
    AwsError::local("configuration", ErrorKind::NoRegion, &message)
}

/// Credentials that no AWS would accept; the sandbox accepts all.
fn sandbox_credentials() -> Credentials {
    Credentials::new("AKIASANDBOXSANDBOX00", "sandbox", None, None, "sandbox")
}

/// The one HTTP client, so that connections are used again and no name is looked up twice.
fn http_client() -> SharedHttpClient {
    let names = Names::default();
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder();
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
            .build_with_resolver(names.clone())
    })
}

/// Clients, each made when it is first needed.
macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $service:ident;)*) => {
        #[derive(Debug, Default)]
        struct Clients {
            $($name: OnceLock<$service::Client>,)*
            s3: OnceLock<aws_sdk_s3::Client>,
        }

        impl Aws {
            $(
                $(#[$doc])*
                pub(super) fn $name(&self) -> &$service::Client {
                    self.shared.clients.$name.get_or_init(|| {
                        $service::Client::new(&self.shared.config)
                    })
                }
            )*
        }
    };
}

clients! {
    /// Auto Scaling.
    scaling: aws_sdk_autoscaling;
    /// CloudFormation.
    cloudformation: aws_sdk_cloudformation;
    /// CloudTrail.
    cloudtrail: aws_sdk_cloudtrail;
    /// EC2.
    ec2: aws_sdk_ec2;
    /// Elastic Beanstalk.
    beanstalk: aws_sdk_elasticbeanstalk;
    /// Elastic Load Balancing, version 2.
    balancing: aws_sdk_elasticloadbalancingv2;
    /// IAM.
    iam: aws_sdk_iam;
    /// RDS.
    rds: aws_sdk_rds;
    /// Service Quotas.
    quotas: aws_sdk_servicequotas;
    /// SES, version 2.
    mail: aws_sdk_sesv2;
    /// SQS.
    queues: aws_sdk_sqs;
    /// STS.
    identity: aws_sdk_sts;
}

impl Aws {
    /// S3, with the bucket in the path: works on AWS and where a bucket is no host name.
    pub(super) fn s3(&self) -> &aws_sdk_s3::Client {
        self.shared.clients.s3.get_or_init(|| {
            let config = aws_sdk_s3::config::Builder::from(&self.shared.config)
                .force_path_style(true)
                .build();
            aws_sdk_s3::Client::from_conf(config)
        })
    }
}
