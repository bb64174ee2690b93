//! Databases and their snapshots.

use super::{Attempt, Done, done, made};
use crate::plan::DatabaseAction as Action;
use crate::world::GroupId;

impl Attempt<'_> {
    pub(super) async fn database(&self, action: &Action) -> Done {
        let api = self.aws.rds();
        match action {
            Action::Snapshot { database, snapshot } => {
                let request = api.create_db_snapshot().db_instance_identifier(database);
                let request = request.db_snapshot_identifier(snapshot);
                let send = || request.clone().send();
                let answer = self.aws.change("rds:CreateDBSnapshot", send).await?;
                Ok(made(answer, |_| Some(snapshot.clone())))
            }
            Action::CopySnapshot { snapshot, copy } => {
                let request = api.copy_db_snapshot().source_db_snapshot_identifier(snapshot);
                let request = request.target_db_snapshot_identifier(copy);
                let send = || request.clone().send();
                let answer = self.aws.change("rds:CopyDBSnapshot", send).await?;
                Ok(made(answer, |_| Some(copy.clone())))
            }
            Action::DeleteSnapshot { snapshot } => {
                let request = api.delete_db_snapshot().db_snapshot_identifier(snapshot);
                let send = || request.clone().send();
                Ok(done(self.aws.change("rds:DeleteDBSnapshot", send).await?))
            }
            Action::Protect { database, on } => {
                let request = api.modify_db_instance().db_instance_identifier(database);
                let request = request.deletion_protection(*on).apply_immediately(true);
                let send = || request.clone().send();
                Ok(done(self.aws.change("rds:ModifyDBInstance", send).await?))
            }
            Action::Restore { database, snapshot, subnet_group, groups } => {
                self.restore(database, snapshot, subnet_group.clone(), groups).await
            }
            Action::Delete { database } => {
                let request = api.delete_db_instance().db_instance_identifier(database);
                let request = request.skip_final_snapshot(true);
                let send = || request.clone().send();
                Ok(done(self.aws.change("rds:DeleteDBInstance", send).await?))
            }
        }
    }

    async fn restore(
        &self,
        database: &str,
        snapshot: &str,
        subnet_group: Option<String>,
        groups: &[GroupId],
    ) -> Done {
        let groups: Vec<_> = groups.iter().map(ToString::to_string).collect();
        let request = self.aws.rds().restore_db_instance_from_db_snapshot();
        let request = request
            .db_instance_identifier(database)
            .db_snapshot_identifier(snapshot)
            .set_db_subnet_group_name(subnet_group)
            .set_vpc_security_group_ids((!groups.is_empty()).then_some(groups));
        let send = || request.clone().send();
        let answer = self.aws.change("rds:RestoreDBInstanceFromDBSnapshot", send).await?;
        Ok(made(answer, |_| Some(database.to_owned())))
    }
}
