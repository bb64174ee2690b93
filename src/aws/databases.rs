//! RDS, as far as environments have coupled databases or depend on hosted ones.

use aws_sdk_rds::types as sdk;

use super::convert::{filled, id, port};
use super::{Aws, Reading};
use crate::world::Database;

/// More pages than an account has databases.
const ALL: usize = 20;

impl Aws {
    /// One database instance by identifier, or all of the region.
    pub async fn databases(&self, only: Option<&str>) -> Reading<Vec<Database>> {
        let found = self
            .pages(
                "rds:DescribeDBInstances",
                ALL,
                |token| {
                    let request = self.rds().describe_db_instances();
                    let request = request.set_db_instance_identifier(only.map(str::to_owned));
                    request.set_marker(token).send()
                },
                |page| (page.db_instances, page.marker),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(database);
            read.filter(|found| only.is_none_or(|only| found.id == only)).collect()
        }))
    }

    /// One snapshot: its name, its instance, its status.
    pub async fn database_snapshot(
        &self,
        snapshot: &str,
    ) -> Reading<Vec<(String, String, String)>> {
        let answer = self
            .read("rds:DescribeDBSnapshots", || {
                self.rds().describe_db_snapshots().db_snapshot_identifier(snapshot).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let found = page.db_snapshots.unwrap_or_default().into_iter().map(snapshot_facts);
            found.filter(|(name, _, _)| name == snapshot).collect()
        }))
    }

    /// Snapshots of one database instance: snapshot, instance, status.
    pub async fn database_snapshots(
        &self,
        database: &str,
    ) -> Reading<Vec<(String, String, String)>> {
        let found = self
            .pages(
                "rds:DescribeDBSnapshots",
                ALL,
                |token| {
                    let request = self.rds().describe_db_snapshots();
                    request.db_instance_identifier(database).set_marker(token).send()
                },
                |page| (page.db_snapshots, page.marker),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(snapshot_facts);
            read.filter(|(_, of, _)| of == database).collect()
        }))
    }
}

fn snapshot_facts(snapshot: sdk::DbSnapshot) -> (String, String, String) {
    (
        snapshot.db_snapshot_identifier.unwrap_or_default(),
        snapshot.db_instance_identifier.unwrap_or_default(),
        snapshot.status.unwrap_or_default(),
    )
}

fn database(found: sdk::DbInstance) -> Database {
    let groups = found.vpc_security_groups.unwrap_or_default().into_iter();
    let endpoint = found.endpoint;
    let listens = endpoint.as_ref().and_then(|endpoint| endpoint.port);
    Database {
        id: found.db_instance_identifier.unwrap_or_default(),
        status: filled(found.db_instance_status),
        engine: filled(found.engine),
        class: filled(found.db_instance_class),
        storage_gib: found.allocated_storage.and_then(|size| u32::try_from(size).ok()),
        protected: found.deletion_protection.unwrap_or(false),
        groups: groups.filter_map(|group| id(group.vpc_security_group_id)).collect(),
        vpc: found.db_subnet_group.and_then(|subnets| id(subnets.vpc_id)),
        port: port(listens.or(found.db_instance_port)),
        host: endpoint.and_then(|endpoint| filled(endpoint.address)),
    }
}
