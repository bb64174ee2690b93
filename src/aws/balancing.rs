//! Elastic Load Balancing, version 2: load balancers, target groups, health of targets.

use aws_sdk_elasticloadbalancingv2::types as sdk;

use super::convert::{filled, id, ids, port, required};
use super::{Answer, Aws, Reading};
use crate::world::{Arn, Listener, LoadBalancer, TargetGroup, TargetHealth};

/// More pages of 400 than a region has of anything here.
const ALL: usize = 20;

impl Aws {
    /// Load balancers by ARN; not found as soon as one of them is gone.
    pub async fn load_balancers(&self, arns: &[String]) -> Reading<Vec<LoadBalancer>> {
        let found = self.balancers_by(Some(arns.to_vec())).await?;
        let wanted = |found: &LoadBalancer| arns.iter().any(|arn| arn == found.arn.as_str());
        Ok(found.map(|found| found.into_iter().filter(wanted).collect()))
    }

    /// All application, network and gateway load balancers of the region.
    pub async fn all_load_balancers(&self) -> Reading<Vec<LoadBalancer>> {
        self.balancers_by(None).await
    }

    async fn balancers_by(&self, arns: Option<Vec<String>>) -> Reading<Vec<LoadBalancer>> {
        let found = self
            .pages(
                "elasticloadbalancing:DescribeLoadBalancers",
                ALL,
                |token| {
                    let request = self.balancing().describe_load_balancers();
                    let request = request.set_load_balancer_arns(arns.clone());
                    request.set_marker(token).send()
                },
                |page| (page.load_balancers, page.next_marker),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(load_balancer).collect()))
    }

    /// Whether a load balancer refuses to be deleted.
    pub async fn deletion_protection(&self, arn: &Arn) -> Reading<bool> {
        let answer = self
            .read("elasticloadbalancing:DescribeLoadBalancerAttributes", || {
                let request = self.balancing().describe_load_balancer_attributes();
                request.load_balancer_arn(arn.as_str()).send()
            })
            .await?;
        Ok(answer.map(|page| {
            page.attributes.unwrap_or_default().iter().any(|attribute| {
                attribute.key.as_deref() == Some("deletion_protection.enabled")
                    && attribute.value.as_deref() == Some("true")
            })
        }))
    }

    /// Target groups of a load balancer, or all of the region.
    pub async fn target_groups(&self, load_balancer: Option<&Arn>) -> Reading<Vec<TargetGroup>> {
        let load_balancer = load_balancer.map(ToString::to_string);
        let found = self
            .pages(
                "elasticloadbalancing:DescribeTargetGroups",
                ALL,
                |token| {
                    let request = self.balancing().describe_target_groups();
                    let request = request.set_load_balancer_arn(load_balancer.clone());
                    request.set_marker(token).send()
                },
                |page| (page.target_groups, page.next_marker),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(target_group).collect()))
    }

    /// Health of a target group's targets.
    pub async fn target_health(&self, group: &Arn) -> Reading<Vec<TargetHealth>> {
        let answer = self
            .read("elasticloadbalancing:DescribeTargetHealth", || {
                let request = self.balancing().describe_target_health();
                request.target_group_arn(group.as_str()).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let targets = page.target_health_descriptions.unwrap_or_default().into_iter();
            targets.map(|target| target_health(target, group)).collect()
        }))
    }

    /// Listeners of a load balancer.
    pub async fn listeners(&self, load_balancer: &Arn) -> Reading<Vec<Listener>> {
        let found = self
            .pages(
                "elasticloadbalancing:DescribeListeners",
                ALL,
                |token| {
                    let request = self.balancing().describe_listeners();
                    request.load_balancer_arn(load_balancer.as_str()).set_marker(token).send()
                },
                |page| (page.listeners, page.next_marker),
            )
            .await?;
        let Answer { value, source } = found;
        let read = value.into_iter().map(|listener| Listener {
            load_balancer: load_balancer.clone(),
            port: port(listener.port),
            protocol: listener.protocol.map(|protocol| protocol.as_str().to_owned()),
        });
        Ok(Answer { value: read.collect(), source })
    }
}

fn load_balancer(found: sdk::LoadBalancer) -> LoadBalancer {
    let zones = found.availability_zones.unwrap_or_default().into_iter();
    LoadBalancer {
        arn: required(found.load_balancer_arn),
        name: found.load_balancer_name.unwrap_or_default(),
        state: found.state.and_then(|state| state.code).map(|code| code.as_str().to_owned()),
        scheme: found.scheme.map(|scheme| scheme.as_str().to_owned()),
        kind: found.r#type.map(|kind| kind.as_str().to_owned()),
        vpc: id(found.vpc_id),
        groups: ids(found.security_groups),
        subnets: zones.filter_map(|zone| id(zone.subnet_id)).collect(),
        protected: None,
    }
}

fn target_group(found: sdk::TargetGroup) -> TargetGroup {
    TargetGroup {
        arn: required(found.target_group_arn),
        name: found.target_group_name.unwrap_or_default(),
        port: port(found.port),
        protocol: found.protocol.map(|protocol| protocol.as_str().to_owned()),
        health_path: filled(found.health_check_path),
        health_port: filled(found.health_check_port),
        matcher: found.matcher.and_then(|m| filled(m.http_code).or_else(|| filled(m.grpc_code))),
        load_balancers: ids(found.load_balancer_arns),
    }
}

fn target_health(found: sdk::TargetHealthDescription, group: &Arn) -> TargetHealth {
    let health = found.target_health;
    let state = health.as_ref().and_then(|health| health.state.as_ref());
    let reason = health.as_ref().and_then(|health| health.reason.as_ref());
    TargetHealth {
        group: group.clone(),
        target: found.target.and_then(|target| target.id).unwrap_or_default(),
        state: state.map(|state| state.as_str().to_owned()),
        reason: reason.map(|reason| reason.as_str().to_owned()),
        description: health.and_then(|health| filled(health.description)),
    }
}
