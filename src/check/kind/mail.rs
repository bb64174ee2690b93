//! Faults of mail.

use super::{Code, faults};
use crate::reach::FilterBlock;
use crate::world::SubnetId;

faults! {
    /// Faults of mail, codes `SES-…`.
    MailFault {
        /// The account is in the sandbox, or no identity is verified here.
        "SES-01" NotVerified {
            /// Whether the account is still in the sandbox.
            sandbox: bool,
            /// Identities that are not verified.
            identities: Vec<String>,
        }
        /// The SMTP user's key does not exist or is switched off.
        "SES-02" Credentials {
            /// The last four characters of the key's id.
            last_four: Option<String>,
            /// Whether there is such a key that is switched off.
            inactive: bool,
        }
        /// Sending is paused.
        "SES-03" Paused {
            /// Whether the account itself paused it, so that it can be switched on again.
            by_account: bool,
            /// AWS's enforcement status.
            enforcement: Option<String>,
        }
        /// The endpoint's region is not the identities' one.
        "SES-04" RegionMismatch {
            /// The endpoint's region.
            endpoint: String,
            /// Regions with verified identities.
            verified_in: Vec<String>,
        }
        /// The application uses port 25.
        "SES-05" Port25 {
            /// The properties with the port.
            properties: Vec<String>,
        }
        /// The quota is used up.
        "SES-06" Quota {
            /// Mails allowed in 24 hours.
            allowed: i64,
            /// Mails sent in the last 24 hours.
            sent: i64,
        }
        /// The SMTP user may not send.
        "SES-07" NotAuthorized {}
        /// Temporary credentials are used for SMTP.
        "SES-08" TemporaryCredentials {
            /// The properties with them.
            properties: Vec<String>,
        }
        /// The endpoint cannot be reached from the instances.
        "SES-09" EndpointUnreachable {
            /// The instance subnets.
            subnets: Vec<SubnetId>,
            /// The port.
            port: u16,
            /// Rules that stop it, if it is rules.
            blocks: Vec<FilterBlock>,
        }
        /// A configuration set or a MAIL FROM domain is wrong.
        "SES-10" ConfigurationSet {
            /// What is wrong.
            what: String,
        }
    }
}
