//! Platforms: the environment's own and what AWS still offers.

use aws_sdk_elasticbeanstalk::types as sdk;

use crate::aws::convert::{filled, id, required};
use crate::aws::{Aws, Reading};
use crate::world::{Arn, PlatformBranch, PlatformVersion};

/// More pages than AWS has platform versions: about 2,000 versions, 100 on a page.
const ALL: usize = 60;

impl Aws {
    /// One platform version.
    pub async fn platform(&self, platform: &Arn) -> Reading<PlatformVersion> {
        let answer = self
            .read("elasticbeanstalk:DescribePlatformVersion", || {
                self.beanstalk().describe_platform_version().platform_arn(platform.as_str()).send()
            })
            .await?;
        Ok(answer.map(|page| match page.platform_description {
            Some(found) => described(found, platform),
            None => described(sdk::PlatformDescription::builder().build(), platform),
        }))
    }

    /// Versions of a branch, newest first.
    pub async fn platform_versions(&self, branch: &str) -> Reading<Vec<PlatformVersion>> {
        let filter = sdk::PlatformFilter::builder()
            .r#type("PlatformBranchName")
            .operator("=")
            .values(branch)
            .build();
        let found = self
            .pages(
                "elasticbeanstalk:ListPlatformVersions",
                ALL,
                |token| {
                    let request = self.beanstalk().list_platform_versions();
                    request.filters(filter.clone()).set_next_token(token).send()
                },
                |page| (page.platform_summary_list, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(listed);
            // Some emulators ignore the filter; a version without a branch is not known to differ.
            let mut versions: Vec<_> = read
                .filter(|version| version.branch.as_deref().is_none_or(|name| name == branch))
                .collect();
            versions.sort_by_key(|version| std::cmp::Reverse(numbers(version.version.as_deref())));
            versions
        }))
    }

    /// All branches that AWS lists, retired ones too.
    pub async fn platform_branches(&self) -> Reading<Vec<PlatformBranch>> {
        let found = self
            .pages(
                "elasticbeanstalk:ListPlatformBranches",
                ALL,
                |token| self.beanstalk().list_platform_branches().set_next_token(token).send(),
                |page| (page.platform_branch_summary_list, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(|branch| PlatformBranch {
                name: branch.branch_name.unwrap_or_default(),
                state: filled(branch.lifecycle_state).map(|state| state.to_ascii_lowercase()),
                order: Some(branch.branch_order),
            });
            read.collect()
        }))
    }

    /// Names of all solution stacks that can be chosen.
    pub async fn solution_stacks(&self) -> Reading<Vec<String>> {
        let answer = self
            .read("elasticbeanstalk:ListAvailableSolutionStacks", || {
                self.beanstalk().list_available_solution_stacks().send()
            })
            .await?;
        Ok(answer.map(|page| page.solution_stacks.unwrap_or_default()))
    }
}

/// A version number's parts, so that 6.10.0 is newer than 6.9.3.
fn numbers(version: Option<&str>) -> Vec<u32> {
    let parts = version.unwrap_or_default().split('.');
    parts.map(|part| part.parse().unwrap_or(0)).collect()
}

fn described(found: sdk::PlatformDescription, asked: &Arn) -> PlatformVersion {
    let images = found.custom_ami_list.unwrap_or_default().into_iter();
    PlatformVersion {
        arn: id(found.platform_arn).unwrap_or_else(|| asked.clone()),
        version: filled(found.platform_version),
        branch: filled(found.platform_branch_name),
        branch_state: filled(found.platform_branch_lifecycle_state)
            .map(|state| state.to_ascii_lowercase()),
        lifecycle: filled(found.platform_lifecycle_state),
        status: found.platform_status.map(|status| status.as_str().to_owned()),
        solution_stack: filled(found.solution_stack_name),
        images: images.filter_map(|image| id(image.image_id)).collect(),
    }
}

fn listed(found: sdk::PlatformSummary) -> PlatformVersion {
    PlatformVersion {
        arn: required(found.platform_arn),
        version: filled(found.platform_version),
        branch: filled(found.platform_branch_name),
        branch_state: filled(found.platform_branch_lifecycle_state)
            .map(|state| state.to_ascii_lowercase()),
        lifecycle: filled(found.platform_lifecycle_state),
        status: found.platform_status.map(|status| status.as_str().to_owned()),
        solution_stack: None,
        images: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_comes_after_nine() {
        assert!(numbers(Some("6.10.0")) > numbers(Some("6.9.3")));
        assert!(numbers(None) < numbers(Some("1.0")));
    }
}
