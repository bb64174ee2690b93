//! Internet gateways, NAT gateways and their addresses.

use aws_sdk_ec2::types::{DomainType, ResourceType};

use super::{Attempt, Done, done, known, made};
use crate::plan::GatewayAction as Action;

impl Attempt<'_> {
    pub(super) async fn gateway(&self, action: &Action) -> Done {
        let (ec2, dry_run) = (self.aws.ec2(), self.dry_run);
        match action {
            Action::CreateInternet { name } => {
                let tags = self.tags(ResourceType::InternetGateway, name.as_ref());
                let request = ec2.create_internet_gateway().tag_specifications(tags);
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                let answer = self.aws.change("ec2:CreateInternetGateway", send).await?;
                Ok(made(answer, |page| page.internet_gateway?.internet_gateway_id))
            }
            Action::DeleteInternet { gateway } => {
                let request = ec2.delete_internet_gateway();
                let request = request.internet_gateway_id(known(gateway)?.as_str());
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:DeleteInternetGateway", send).await?))
            }
            Action::Attach { gateway, vpc } => {
                let request = ec2.attach_internet_gateway().vpc_id(vpc.as_str());
                let request = request.internet_gateway_id(known(gateway)?.as_str());
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:AttachInternetGateway", send).await?))
            }
            Action::Detach { gateway, vpc } => {
                let request = ec2.detach_internet_gateway().vpc_id(vpc.as_str());
                let request = request.internet_gateway_id(known(gateway)?.as_str());
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:DetachInternetGateway", send).await?))
            }
            Action::AllocateAddress { .. }
            | Action::ReleaseAddress { .. }
            | Action::CreateNat { .. }
            | Action::DeleteNat { .. } => self.nat(action).await,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is about internet gateways")]
    async fn nat(&self, action: &Action) -> Done {
        let (ec2, dry_run) = (self.aws.ec2(), self.dry_run);
        match action {
            Action::AllocateAddress { name } => {
                let tags = self.tags(ResourceType::ElasticIp, name.as_ref());
                let request = ec2.allocate_address().domain(DomainType::Vpc);
                let request = request.tag_specifications(tags).dry_run(dry_run);
                let send = || request.clone().send();
                let answer = self.aws.change("ec2:AllocateAddress", send).await?;
                Ok(made(answer, |page| page.allocation_id))
            }
            Action::ReleaseAddress { allocation } => {
                let request = ec2.release_address().allocation_id(known(allocation)?.as_str());
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:ReleaseAddress", send).await?))
            }
            Action::CreateNat { subnet, allocation, name } => {
                let tags = self.tags(ResourceType::Natgateway, name.as_ref());
                let request = ec2.create_nat_gateway().subnet_id(subnet.as_str());
                let request = request.allocation_id(known(allocation)?.as_str());
                let request = request.client_token(self.token).tag_specifications(tags);
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                let answer = self.aws.change("ec2:CreateNatGateway", send).await?;
                Ok(made(answer, |page| page.nat_gateway?.nat_gateway_id))
            }
            Action::DeleteNat { nat } => {
                let request = ec2.delete_nat_gateway().nat_gateway_id(known(nat)?.as_str());
                let request = request.dry_run(dry_run);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:DeleteNatGateway", send).await?))
            }
            _ => Err(super::refused("NotAnAddress", "this action is about an internet gateway")),
        }
    }
}
