//! Changes of databases and their snapshots, made by RDS.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Risk};
use crate::plan::{Condition, StepId};
use crate::world::GroupId;

/// A change of databases and their snapshots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseAction {
    /// Saves a database as it is now.
    Snapshot {
        /// The database.
        database: String,
        /// The snapshot's name.
        snapshot: String,
    },
    /// Copies a snapshot under another name.
    CopySnapshot {
        /// Which.
        snapshot: String,
        /// The copy's name.
        copy: String,
    },
    /// Deletes a snapshot.
    DeleteSnapshot {
        /// Which.
        snapshot: String,
    },
    /// Switches deletion protection on or off.
    Protect {
        /// The database.
        database: String,
        /// Whether it is on.
        on: bool,
    },
    /// Makes a database from a snapshot.
    Restore {
        /// The new database's identifier.
        database: String,
        /// The snapshot.
        snapshot: String,
        /// Its subnet group, where it is known.
        subnet_group: Option<String>,
        /// Its security groups.
        groups: Vec<GroupId>,
    },
    /// Deletes a database without a final snapshot; the way back from making one.
    Delete {
        /// Which.
        database: String,
    },
}

impl Change for DatabaseAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::Snapshot { .. } => "create-db-snapshot",
            Self::CopySnapshot { .. } => "copy-db-snapshot",
            Self::DeleteSnapshot { .. } => "delete-db-snapshot",
            Self::Protect { .. } => "modify-db-instance",
            Self::Restore { .. } => "restore-db-instance-from-db-snapshot",
            Self::Delete { .. } => "delete-db-instance",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Snapshot { database, .. }
            | Self::Protect { database, .. }
            | Self::Restore { database, .. }
            | Self::Delete { database } => database.clone(),
            Self::CopySnapshot { snapshot, .. } | Self::DeleteSnapshot { snapshot } => {
                snapshot.clone()
            }
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        vec![match self {
            Self::Snapshot { .. } => "rds:CreateDBSnapshot",
            Self::CopySnapshot { .. } => "rds:CopyDBSnapshot",
            Self::DeleteSnapshot { .. } => "rds:DeleteDBSnapshot",
            Self::Protect { .. } => "rds:ModifyDBInstance",
            Self::Restore { .. } => "rds:RestoreDBInstanceFromDBSnapshot",
            Self::Delete { .. } => "rds:DeleteDBInstance",
        }]
    }

    fn line(&self) -> Line {
        let line = Line::new("rds", self.kind());
        match self {
            Self::Snapshot { database, snapshot } => line
                .with("db-instance-identifier", database)
                .with("db-snapshot-identifier", snapshot),
            Self::CopySnapshot { snapshot, copy } => line
                .with("source-db-snapshot-identifier", snapshot)
                .with("target-db-snapshot-identifier", copy),
            Self::DeleteSnapshot { snapshot } => line.with("db-snapshot-identifier", snapshot),
            Self::Protect { database, on } => line
                .with("db-instance-identifier", database)
                .switch("deletion-protection", *on)
                .flag("apply-immediately"),
            Self::Restore { database, snapshot, subnet_group, groups } => line
                .with("db-instance-identifier", database)
                .with("db-snapshot-identifier", snapshot)
                .with_some("db-subnet-group-name", subnet_group.as_ref())
                .list("vpc-security-group-ids", groups),
            Self::Delete { database } => {
                line.with("db-instance-identifier", database).flag("skip-final-snapshot")
            }
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Snapshot { database, snapshot } => {
                format!("save the database {database} as the snapshot {snapshot}")
            }
            Self::CopySnapshot { snapshot, copy } => {
                format!("copy the snapshot {snapshot} as {copy}")
            }
            Self::DeleteSnapshot { snapshot } => format!("delete the snapshot {snapshot}"),
            Self::Protect { database, on: true } => {
                format!("protect the database {database} from deletion")
            }
            Self::Protect { database, on: false } => {
                format!("lift the deletion protection of the database {database}")
            }
            Self::Restore { database, snapshot, .. } => {
                format!("make the database {database} again from the snapshot {snapshot}")
            }
            Self::Delete { database } => format!("delete the database {database}"),
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::Snapshot { .. } | Self::CopySnapshot { .. } | Self::Protect { on: true, .. } => {
                Risk::Safe
            }
            // A database costs money by the hour.
            Self::Protect { on: false, .. } | Self::Restore { .. } => Risk::Disruptive,
            Self::DeleteSnapshot { .. } | Self::Delete { .. } => Risk::Destructive,
        }
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        let available = || vec!["available".to_owned()];
        let gone = || vec!["deleted".to_owned()];
        vec![match self.clone() {
            Self::Snapshot { snapshot, .. } => {
                Condition::SnapshotIn { snapshot, statuses: available() }
            }
            Self::CopySnapshot { copy, .. } => {
                Condition::SnapshotIn { snapshot: copy, statuses: available() }
            }
            Self::DeleteSnapshot { snapshot } => {
                Condition::SnapshotIn { snapshot, statuses: gone() }
            }
            Self::Protect { database, on } => Condition::DatabaseProtected { database, on },
            Self::Restore { database, .. } => {
                Condition::DatabaseIn { database, statuses: available() }
            }
            Self::Delete { database } => Condition::DatabaseIn { database, statuses: gone() },
        }]
    }
}
