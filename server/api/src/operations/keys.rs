//! Operations on the keys that seal secrets: how they stand, and replacing them without a stop.

use admin::{keys, read_object};
use domain::{Invalid, Permission, Topic, Verb};
use ports::StoreError;
use tenancy::Owner;

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::view::master_key::{MasterKeysView, RenewedView, ResealStep, ResealedView};

const MASTER_KEYS: &str = "/api/v1/master-keys";
const RESEAL: &str = "/api/v1/master-keys/reseal";
const RENEW: &str = "/api/v1/tenants/{tenant}/renew-data-key";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(MASTER_KEYS, "getMasterKeys", status)
            .needs(Permission::of(Topic::Seal, Verb::Read))
            .tells(
                "Show how the master keys stand",
                "For operators. Which are held, as their source gives them now, and how many \
                 data keys are sealed under each.",
            )
            .gives::<MasterKeysView>("The master keys, without themselves.")
            .refuses(&[Kind::NotFound]),
        Operation::post(RESEAL, "resealDataKeys", reseal)
            .needs(Permission::of(Topic::Seal, Verb::Rotate))
            .tells(
                "Seal data keys under the newest master key",
                "For operators. One step looks at up to 500 data keys, while calls and \
                 registrations go on. Repeat it with `next` until that is null.",
            )
            .takes::<ResealStep>()
            .gives::<ResealedView>("What this step did.")
            .refuses(&[Kind::NotFound]),
        Operation::post(RENEW, "renewDataKey", renew)
            .needs(Permission::of(Topic::Seal, Verb::Rotate))
            .tells(
                "Give a tenant a new data key",
                "For operators and resellers. All secrets of the tenant are sealed anew under it, \
                 in one transaction; nobody has to do anything.",
            )
            .gives::<RenewedView>("It has a new key."),
    ];
    operations.map(|operation| operation.tag("Keys")).into()
}

async fn status(call: Call) -> Result<Answer, Problem> {
    let status = keys::status(&call.office, &call.platform()?).await?;
    Answer::json(&MasterKeysView::from(status))
}

async fn reseal(call: Call) -> Result<Answer, Problem> {
    let scope = call.platform()?;
    let step: ResealStep = read_object(&call.json()?)?;
    let after: Option<Owner> = step
        .after
        .map(|text| text.parse())
        .transpose()
        .map_err(|_| {
            let rule = "must be `next` of the step before";
            StoreError::from(Invalid::new("/after", rule))
        })?;
    let done = keys::reseal_step(&call.office, &scope, after).await?;
    Answer::json(&ResealedView::from(done))
}

async fn renew(call: Call) -> Result<Answer, Problem> {
    let account = call.account()?;
    let secrets = keys::renew(&call.office, &account, &call.reference("tenant")).await?;
    Answer::json(&RenewedView { secrets })
}
