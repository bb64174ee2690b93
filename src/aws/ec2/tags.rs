//! Resources by a tag.

use super::{ALL, filter};
use crate::aws::{Aws, Reading};

impl Aws {
    /// Identifiers of everything of EC2's that carries a tag of that value.
    pub(in crate::aws) async fn resources_tagged(
        &self,
        key: &str,
        value: &str,
    ) -> Reading<Vec<String>> {
        let found = self
            .pages(
                "ec2:DescribeTags",
                ALL,
                |token| {
                    let request = self.ec2().describe_tags();
                    let request = request.filters(filter("key", [key]));
                    request.filters(filter("value", [value])).set_next_token(token).send()
                },
                |page| (page.tags, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let carries = found.into_iter().filter(|tag| {
                tag.key.as_deref() == Some(key) && tag.value.as_deref() == Some(value)
            });
            carries.filter_map(|tag| tag.resource_id).collect()
        }))
    }
}
