//! The operation: reads the versions of a deployment and compares.

use std::{collections::HashSet, future::Future};

use super::{
    report::InputReport,
    variables::{Variables, mentions},
};
use crate::{
    deployments::Deployments,
    error::Error,
    list::ListVersions,
    model::{DeploymentRequest, JsonMap},
};

/// The most versions that one page can have.
const WHOLE_PAGE: u32 = 50;

impl Deployments {
    /// Checks the inputs of a request against the variables of its deployment's live versions, without invoking it.
    ///
    /// orq invokes a deployment also if an input is missing, and leaves a gap in the prompt. The
    /// [`InputReport`] has the variables without an input, the inputs that nothing uses, and the nearest names of both.
    ///
    /// It reads the list of [`versions`](Deployments::versions): one call for each 50 versions of the deployment. To set
    /// a timeout, or to check one variant only, use [`ListVersions::check`].
    ///
    /// ```
    /// use orq_core::{Client, DeploymentRequest};
    /// use orq_testkit::{FakeDeployment, FakeOrq};
    ///
    /// # futures::executor::block_on(async {
    /// let greeter = FakeDeployment::new("greeter").message("user", "Greet {{firstname}} from {{city}}.");
    /// let fake = FakeOrq::builder().deployment(greeter).build();
    /// let request = DeploymentRequest::new("greeter").input("fristname", "Jane");
    ///
    /// let report = fake.client().deployments().check(&request).await?;
    /// assert!(!report.is_ok());
    /// assert_eq!(report.missing[0].name, "firstname");
    /// assert_eq!(report.missing[0].nearest.as_deref(), Some("fristname"));
    /// assert_eq!(
    ///     report.to_string(),
    ///     "missing inputs: `firstname` (given as `fristname`?), `city`; unused inputs: `fristname`",
    /// );
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Which variables count
    ///
    /// Those of the newest live version of each variant: the routing rules choose the variant when the deployment is
    /// invoked, so that a variable of any of them counts. Drafts don't count, nor do versions that were live earlier.
    ///
    /// A version has the variables that it declares and, with the default template engine, each `{{name}}` in its
    /// messages, with or without blanks. If it has knowledge bases, only what it declares counts, because their keys are
    /// inserted as `{{key}}`, too. So it is with other template engines, whose names may be those of loops. A
    /// variable that is declared with a value needs no input. `{{user.name}}` needs the input `user` or `user.name`.
    ///
    /// An input is used if it is a variable, or if any text of the versions or of the request's messages names it within
    /// `{{…}}` or `{%…%}`.
    ///
    /// # Errors
    ///
    /// Those of [`versions`](Deployments::versions) and its [items](crate::list::Items::next_item). A deployment without
    /// a live version is no error, but the report isn't [ok](InputReport::is_ok).
    pub fn check(
        &self,
        request: &DeploymentRequest,
    ) -> impl Future<Output = Result<InputReport, Error>> + use<> {
        let versions = self.versions(request.key.as_str());
        versions.limit(WHOLE_PAGE).check(request)
    }
}

impl ListVersions {
    /// Checks the inputs of a request against the variables of the live versions in this list, as
    /// [`Deployments::check`] does. The key of the request isn't used.
    ///
    /// With a [`variant_id`](ListVersions::variant_id) it reads pages only up to the live version of that variant.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # use orq_core::{Client, DeploymentRequest};
    /// # use orq_testkit::FakeOrq;
    /// # futures::executor::block_on(async {
    /// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    /// let request = DeploymentRequest::new("chat").input("company", "Acme").input("firstname", "Jane");
    /// let versions = client.deployments().versions("chat").timeout(Duration::from_secs(5));
    /// assert!(versions.check(&request).await?.is_ok());
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Deployments::check`].
    pub fn check(
        self,
        request: &DeploymentRequest,
    ) -> impl Future<Output = Result<InputReport, Error>> + use<> {
        let inputs = request.inputs.iter().flat_map(JsonMap::iter);
        let inputs: Vec<_> = inputs.map(|(name, _)| name.to_owned()).collect();
        let mut variables = Variables::default();
        variables.mention(mentions(&request.prefix_messages));
        variables.mention(mentions(&request.messages));
        async move {
            let is_one_variant = self.query.variant_id.is_some();
            let (mut live, mut variants) = (Vec::new(), HashSet::new());
            let mut items = self.items();
            while let Some(version) = items.next_item().await? {
                if !version.is_live() || !variants.insert(version.variant_id.clone()) {
                    continue;
                }
                variables.add(&version);
                live.push(version.version.unwrap_or_default());
                if is_one_variant {
                    break;
                }
            }
            Ok(InputReport::new(live, &variables, &inputs))
        }
    }
}
