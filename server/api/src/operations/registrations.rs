//! Operations on live registrations.

use ports::LiveRegistration;
use sha2::{Digest, Sha256};

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE};
use crate::problem::{Kind, Problem};
use crate::view::registration::RegistrationView;
use domain::{Permission, Topic, Verb};

const ALL: &str = "/api/v1/tenants/{tenant}/registrations";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [Operation::get(ALL, "listRegistrations", list)
        .needs(Permission::of(Topic::Registration, Verb::Read))
        .tells(
            "List registrations",
            "What is registered at this moment, by device, and by trunk where a gateway is.",
        )
        .query(&PAGE)
        .gives::<List<RegistrationView>>("One page of registrations.")
        .refuses(&[Kind::Unavailable])];
    operations
        .map(|operation| operation.tag("Registrations"))
        .into()
}

/// The place of a registration in the list: its device or trunk, then a digest of its contact,
/// which is shorter than the contact and differs as surely.
fn place(registration: &LiveRegistration) -> String {
    let digest = Sha256::digest(&registration.contact);
    let digest: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    let device = registration.device.map(|device| device.to_string());
    let whose = device.or_else(|| Some(registration.trunk?.to_string()));
    format!("{}.{digest}", whose.unwrap_or_default())
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let (after, limit) = (call.after()?, call.limit()?);
    let all = call.front.parts.live.registrations(&scope).await?;
    let all = all.into_iter().map(|one| (place(&one), one)).collect();
    Answer::json(&List::<RegistrationView>::cut(all, after.as_ref(), limit))
}
