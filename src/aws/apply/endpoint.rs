//! VPC endpoints.

use aws_sdk_ec2::types::{ResourceType, VpcEndpointType};

use super::{Attempt, Done, done, known, made, refused};
use crate::plan::EndpointAction as Action;

/// Identifiers as EC2 takes them; none where there are none.
fn texts<T: std::fmt::Display>(ids: &[T]) -> Option<Vec<String>> {
    (!ids.is_empty()).then(|| ids.iter().map(ToString::to_string).collect())
}

impl Attempt<'_> {
    pub(super) async fn endpoint(&self, action: &Action) -> Done {
        let ec2 = self.aws.ec2();
        let modify = |id: &crate::world::EndpointId| {
            ec2.modify_vpc_endpoint().vpc_endpoint_id(id.as_str()).dry_run(self.dry_run)
        };
        let request = match action {
            Action::Create { .. } => return self.create_endpoint(action).await,
            Action::Delete { endpoint } => {
                return self.delete_endpoint(known(endpoint)?.as_str()).await;
            }
            Action::SetPrivateDns { endpoint, on } => modify(endpoint).private_dns_enabled(*on),
            Action::SetPolicy { endpoint, policy: Some(policy) } => {
                modify(endpoint).policy_document(policy)
            }
            Action::SetPolicy { endpoint, policy: None } => modify(endpoint).reset_policy(true),
            Action::SetGroups { endpoint, add, remove } => modify(endpoint)
                .set_add_security_group_ids(texts(add))
                .set_remove_security_group_ids(texts(remove)),
            Action::SetTables { endpoint, add, remove } => modify(endpoint)
                .set_add_route_table_ids(texts(add))
                .set_remove_route_table_ids(texts(remove)),
        };
        Ok(done(self.aws.change("ec2:ModifyVpcEndpoint", || request.clone().send()).await?))
    }

    async fn create_endpoint(&self, action: &Action) -> Done {
        let Action::Create { vpc, service, subnets, groups, tables } = action else {
            return Err(refused("NotAnEndpoint", "this action makes no endpoint"));
        };
        let interface = tables.is_empty();
        let kind = if interface { VpcEndpointType::Interface } else { VpcEndpointType::Gateway };
        let request = self.aws.ec2().create_vpc_endpoint().vpc_id(vpc.as_str());
        let request = request.service_name(service).vpc_endpoint_type(kind);
        let request = request
            .set_subnet_ids(texts(subnets))
            .set_security_group_ids(texts(groups))
            .set_route_table_ids(texts(tables))
            .set_private_dns_enabled(interface.then_some(true))
            .client_token(self.token)
            .tag_specifications(self.tags(ResourceType::VpcEndpoint, None))
            .dry_run(self.dry_run);
        let send = || request.clone().send();
        let answer = self.aws.change("ec2:CreateVpcEndpoint", send).await?;
        Ok(made(answer, |page| page.vpc_endpoint?.vpc_endpoint_id))
    }

    /// Deletes an endpoint; a refusal of the one is told inside an answer that is no error.
    async fn delete_endpoint(&self, id: &str) -> Done {
        let request = self.aws.ec2().delete_vpc_endpoints().vpc_endpoint_ids(id);
        let request = request.dry_run(self.dry_run);
        let send = || request.clone().send();
        let answer = self.aws.change("ec2:DeleteVpcEndpoints", send).await?;
        let failed = answer.value.unsuccessful().first().and_then(|item| item.error());
        match failed {
            Some(error) => Err(refused(
                error.code().unwrap_or("Unsuccessful"),
                error.message().unwrap_or("the endpoint was not deleted"),
            )),
            None => Ok(done(answer)),
        }
    }
}
