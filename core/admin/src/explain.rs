//! What would happen if somebody called something: the plan, with the reason of each step.

use domain::{CompiledTenant, Invalid};
use ids::ExtensionId;
use machine::WallTime;
use ports::StoreError;
use routing::{Caller, Dialled, Guest, HostClass, Plan, Purpose, RouteRequest, Step};
use tenancy::TenantScope;

use crate::lines;
use crate::office::Office;

/// Who would call what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Who.
    pub caller: Asking,
    /// When; now where it is left out.
    pub at: Option<WallTime>,
    /// What is dialled; for a call that comes in, the called number as the carrier writes it.
    pub called: String,
}

/// Who would call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// An extension of the company, by its number or id.
    Extension(String),
    /// Somebody outside.
    Outside {
        /// By which trunk, by name or id.
        trunk: String,
        /// From which number, as the carrier writes it; empty when it is hidden.
        number: String,
    },
}

/// One step of a plan, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// `ring`, `trunk`, `guest` or `refuse`.
    pub action: &'static str,
    /// The extension that rings, or the guest.
    pub target: Option<String>,
    /// The trunk's name.
    pub trunk: Option<String>,
    /// The number as it goes on the wire.
    pub called: Option<String>,
    /// The number that is shown, with its plus.
    pub identity: Option<String>,
    /// How long it rings or waits, in seconds.
    pub seconds: Option<u64>,
    /// How many devices ring.
    pub devices: Option<usize>,
    /// The SIP status of a refusal.
    pub status: Option<u16>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What would be done, in order; the next when one fails.
    pub steps: Vec<Told>,
    /// Why, in the order in which it was found: the rule's stable name, and a sentence.
    pub reasons: Vec<(String, String)>,
}

/// Tells what would happen.
///
/// # Errors
/// [`Invalid`] for an extension or a trunk that the company does not have, else what the store
/// says.
pub async fn explain(
    office: &Office,
    scope: &TenantScope,
    question: &Question,
) -> Result<Explained, StoreError> {
    let tenant = lines::compiled(office.store(), scope).await?;
    let caller = caller(&tenant, &question.caller)?;
    let at = question.at.unwrap_or_else(|| office.now());
    let request = RouteRequest {
        caller,
        dialled: Dialled {
            user: question.called.clone(),
            host: HostClass::Own,
        },
        purpose: Purpose::Call,
    };
    let Plan {
        steps, explanation, ..
    } = routing::plan(&tenant, &request, at);
    Ok(Explained {
        steps: steps.iter().map(|step| told(&tenant, step)).collect(),
        reasons: explanation
            .reasons()
            .iter()
            .map(|reason| (reason.rule.to_string(), reason.because.clone()))
            .collect(),
    })
}

fn caller(tenant: &CompiledTenant, asking: &Asking) -> Result<Caller, Invalid> {
    match asking {
        Asking::Extension(number) => {
            let id = number.parse::<ExtensionId>().ok();
            let found = match id {
                Some(id) => tenant.extension(id),
                None => tenant.extension_by_number(number),
            };
            let missing = || Invalid::new("/extension", "must be an extension of the company");
            let extension = found.ok_or_else(missing)?;
            Ok(Caller {
                extension: Some(extension.id),
                number: extension.number.to_string(),
                display: extension.display_name.to_string(),
                ..Caller::default()
            })
        }
        Asking::Outside { trunk, number } => {
            let mut trunks = tenant.trunks().iter();
            let is = |id: String, name: &str| id == *trunk || name == trunk;
            let found = trunks.find(|found| is(found.id.to_string(), &found.spec.name));
            let missing = || Invalid::new("/trunk", "must be a trunk that the company may use");
            Ok(Caller {
                trunk: Some(found.ok_or_else(missing)?.id),
                number: number.clone(),
                ..Caller::default()
            })
        }
    }
}

fn told(tenant: &CompiledTenant, step: &Step) -> Told {
    match step {
        Step::Ring {
            number,
            devices,
            timeout,
            ..
        } => Told {
            action: "ring",
            target: Some(number.clone()),
            devices: Some(devices.len()),
            seconds: Some(timeout.as_secs()),
            ..Told::default()
        },
        Step::Trunk {
            trunk,
            called,
            identity,
            timeout,
        } => Told {
            action: "trunk",
            trunk: tenant.trunk(*trunk).map(|found| found.spec.name.clone()),
            called: Some(called.clone()),
            identity: identity.as_ref().map(|digits| format!("+{digits}")),
            seconds: Some(timeout.as_secs()),
            ..Told::default()
        },
        Step::Guest(guest) => Told {
            action: "guest",
            target: Some(match guest {
                Guest::Echo => "echo".to_owned(),
                Guest::Announcement => "announcement".to_owned(),
            }),
            ..Told::default()
        },
        Step::Refuse(refusal) => Told {
            action: "refuse",
            status: Some(refusal.status),
            ..Told::default()
        },
    }
}
