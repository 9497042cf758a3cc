//! The versions of a deployment, as the list has them.

use std::{iter, time::Duration};

use serde_json::Value;

use super::{conversation, paging::Paging, settings::Settings, template::names, workspace::Entry};
use crate::{
    request::RecordedRequest,
    shape::{Configuration, Problem, Version, rfc3339, version},
};

/// A version in the list.
struct Listed<'a> {
    id: String,
    /// 0 for the deployment itself, or else the number of the variant.
    variant: usize,
    version: &'a str,
    status: &'a str,
    settings: Settings,
}

impl Entry {
    /// One page of the versions.
    pub(crate) fn version_page(&self, request: &RecordedRequest) -> Result<Value, Problem> {
        let paging = Paging::read(request)?;
        let variant = request.query("variant_id").filter(|id| !id.is_empty());
        let mut versions = self.versions();
        versions.retain(|it| {
            variant
                .as_ref()
                .is_none_or(|id| self.variant_id(it.variant) == **id)
        });
        paging.page(&versions, |it| it.id.clone(), |it| self.version(it))
    }

    /// All versions, the newest first: the deployment and each of its variants have one that is live.
    fn versions(&self) -> Vec<Listed<'_>> {
        let deployment = &self.deployment;
        let base = &deployment.settings;
        let listed = |variant, version, status, settings| Listed {
            id: String::new(),
            variant,
            version,
            status,
            settings,
        };
        let variants = deployment.variants.iter().map(|it| it.settings.over(base));
        let live = iter::once(base.clone()).chain(variants).enumerate();
        let live = live.map(|(variant, it)| listed(variant, &deployment.version, "live", it));
        let others = deployment.other_versions.iter();
        let others = others.map(|it| {
            (
                it,
                listed(0, &it.version, &it.status, it.settings.over(base)),
            )
        });
        let (older, newer): (Vec<_>, Vec<_>) = others.partition(|(it, _)| it.is_older());
        let of_others = |others: Vec<(_, _)>| others.into_iter().map(|(_, listed)| listed);
        let mut versions: Vec<_> = of_others(older)
            .chain(live)
            .chain(of_others(newer))
            .collect();
        for (index, version) in (1_u64..).zip(&mut versions) {
            version.id = format!("00000000-0000-4000-8001-{:06x}{index:06x}", self.number);
        }
        versions.reverse();
        versions
    }

    fn variant_id(&self, variant: usize) -> String {
        format!("00000000-0000-4000-8002-{:06x}{variant:06x}", self.number)
    }

    fn version(&self, listed: &Listed<'_>) -> Value {
        let configuration = Configuration {
            version: listed.version,
            ..listed.settings.configuration()
        };
        let mut variables = Vec::new();
        for name in listed
            .settings
            .messages()
            .iter()
            .flat_map(|it| names(&conversation::text(it)))
        {
            if !variables.contains(&name) {
                variables.push(name);
            }
        }
        version(&Version {
            id: &listed.id,
            deployment_id: &self.id(),
            variant_id: &self.variant_id(listed.variant),
            timestamp: &rfc3339(self.created.saturating_add(Duration::from_secs(1))),
            description: &self.deployment.description,
            status: listed.status,
            variables: &variables,
            configuration: &configuration,
        })
    }
}
