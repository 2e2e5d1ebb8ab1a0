//! What would happen if somebody called something: the plan, with the reason of each step.

use std::net::IpAddr;

use domain::{CompiledExtension, CompiledTenant, Invalid};
use ids::{DeviceId, ExtensionId};
use machine::WallTime;
use ports::StoreError;
use routing::{
    Caller, Dialled, Diversion, Emergency, Guest, Plan, Purpose, RouteRequest, Spoken, Step,
};
use tenancy::TenantScope;

use crate::lines;
use crate::office::Office;

/// Most steps that are told of one call; those of further forwards are left out.
pub const STEPS_MAX: usize = 64;

/// Who would call what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Who.
    pub caller: Asking,
    /// The extension's device that would call, by user name or id; where none is said, its only
    /// one.
    pub device: Option<String>,
    /// Whence its messages would come.
    pub from: Option<IpAddr>,
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
    /// `ring`, `trunk`, `guest`, `forward` or `refuse`.
    pub action: &'static str,
    /// Only when this came to pass, such as `102 busy`; `None` for what is done in any case.
    pub condition: Option<String>,
    /// The extension that forwards the call.
    pub by: Option<String>,
    /// Why it does.
    pub when: Option<&'static str>,
    /// The extension that rings, the guest, or what is dialled by a forward.
    pub target: Option<String>,
    /// The trunk's name.
    pub trunk: Option<String>,
    /// The number as it goes on the wire.
    pub called: Option<String>,
    /// The number that is shown, with its plus.
    pub identity: Option<String>,
    /// How far the call would be attested: `A`, `B` or `C`; `None` where it is not signed.
    pub attestation: Option<&'static str>,
    /// How long it rings or waits, in seconds.
    pub seconds: Option<u64>,
    /// The devices that ring.
    pub devices: Option<Vec<DeviceId>>,
    /// The SIP status of a refusal.
    pub status: Option<u16>,
}

impl Told {
    /// The step as a sentence, without its condition: `ring 102 for 30 s: 2 device(s)`.
    pub fn in_words(&self) -> String {
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        let seconds = self.seconds.unwrap_or_default();
        match self.action {
            "ring" => {
                let devices = self.devices.as_ref().map_or(0, Vec::len);
                let target = of(&self.target);
                format!("ring {target} for {seconds} s: {devices} device(s)")
            }
            "trunk" => {
                let shown = self.identity.as_deref().unwrap_or("no number");
                let (trunk, called) = (of(&self.trunk), of(&self.called));
                let signed = self.attestation;
                let signed = signed.map_or_else(String::new, |level| format!(", attested {level}"));
                format!("call {called} by trunk {trunk}, showing {shown}{signed}, for {seconds} s")
            }
            "guest" => format!("connect to {}", of(&self.target)),
            "forward" => {
                let (by, to) = (of(&self.by), of(&self.target));
                format!(
                    "send it on from {by} to {to} ({})",
                    self.when.unwrap_or_default()
                )
            }
            _ => format!("refuse with {}", self.status.unwrap_or_default()),
        }
    }

    /// The step as a sentence, behind its condition where it has one.
    pub fn under_condition(&self) -> String {
        match &self.condition {
            Some(when) => format!("if {when}: {}", self.in_words()),
            None => self.in_words(),
        }
    }

    /// Whether somebody, or something, may answer the call then.
    pub fn completes(&self) -> bool {
        matches!(self.action, "ring" | "trunk" | "guest")
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What would be done, in order; the next when one fails.
    pub steps: Vec<Told>,
    /// Why, in the order in which it was found: the rule's stable name, and a sentence.
    pub reasons: Vec<(String, String)>,
    /// How many of them say where it goes at first; all others say where forwards would lead.
    pub at_first: usize,
    /// What a call for help would tell, and whom.
    pub emergency: Option<Help>,
}

/// What a call for help would tell, and whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// The number for help, or the one by which it is tried.
    pub number: String,
    /// Whether it is only tried where such a call leads.
    pub test: bool,
    /// The name of the location where the caller would be.
    pub location: Option<String>,
    /// Its address in one line.
    pub address: Option<String>,
    /// Whether somebody has made sure that it is right.
    pub confirmed: bool,
    /// The number that would be shown and called back, with its plus.
    pub callback: Option<String>,
    /// The extension that would take the call when no trunk does.
    pub desk: Option<String>,
    /// Who would be told by mail.
    pub mail_to: Vec<String>,
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
    let caller = caller(&tenant, question)?;
    let at = question.at.unwrap_or_else(|| office.now());
    let request = RouteRequest {
        from: question.from,
        ..RouteRequest::call(caller, Dialled::own(&question.called))
    };
    Ok(answer(&tenant, &request, at))
}

/// What would come of a question at a moment.
pub(crate) fn answer(tenant: &CompiledTenant, request: &RouteRequest, at: WallTime) -> Explained {
    let mut tale = Tale {
        tenant,
        at,
        steps: Vec::new(),
        reasons: Vec::new(),
        at_first: None,
    };
    let emergency = tale.tell(request, None);
    Explained {
        steps: tale.steps,
        at_first: tale.at_first.unwrap_or(tale.reasons.len()),
        reasons: tale.reasons,
        emergency: emergency.map(|about| help(tenant, *about)),
    }
}

/// What would be done, as far as it is told already.
struct Tale<'a> {
    tenant: &'a CompiledTenant,
    at: WallTime,
    steps: Vec<Told>,
    reasons: Vec<(String, String)>,
    at_first: Option<usize>,
}

impl Tale<'_> {
    /// Tells one plan, and what would follow from each of its forwards, each under its condition.
    fn tell(&mut self, request: &RouteRequest, condition: Option<&str>) -> Option<Box<Emergency>> {
        let Plan {
            steps,
            explanation,
            emergency,
            ..
        } = routing::plan(self.tenant, request, self.at);
        let reasons = explanation.reasons().iter();
        let reason = reasons.map(|reason| (reason.rule.to_string(), reason.because.clone()));
        self.reasons.extend(reason);
        self.at_first.get_or_insert(self.reasons.len());
        let mut chain = request.diversions.clone();
        if request.purpose == Purpose::Forward {
            chain.pop();
        }
        for step in steps {
            if self.steps.len() >= STEPS_MAX {
                break;
            }
            let told = Told {
                condition: condition.map(str::to_owned),
                ..told(self.tenant, &step)
            };
            match step {
                Step::Forward(forward) => {
                    self.tell_forward(request, chain.clone(), forward, condition);
                }
                Step::Divert(diversion) => {
                    self.steps.push(told);
                    chain.push(diversion);
                }
                Step::Ring { .. } | Step::Trunk { .. } | Step::Guest(_) | Step::Refuse(_) => {
                    self.steps.push(told);
                }
            }
        }
        emergency
    }

    fn tell_forward(
        &mut self,
        request: &RouteRequest,
        mut diversions: Vec<Diversion>,
        forward: Diversion,
        before: Option<&str>,
    ) {
        let condition = format!("{} {}", forward.number, forward.reason.as_str());
        let condition = match before {
            Some(before) => format!("{before}, {condition}"),
            None => condition,
        };
        let dialled = Dialled::own(&forward.to);
        diversions.push(forward);
        let onward = RouteRequest {
            dialled,
            purpose: Purpose::Forward,
            diversions,
            ..request.clone()
        };
        self.tell(&onward, Some(&condition));
    }
}

fn help(tenant: &CompiledTenant, about: Emergency) -> Help {
    let location = about.location.and_then(|id| tenant.emergency_location(id));
    let desk = about.desk.and_then(|id| tenant.extension(id));
    Help {
        location: location.map(|found| found.spec.name.clone()),
        address: location.map(|found| found.spec.civic.in_words()),
        confirmed: location.is_some_and(|found| found.spec.confirmed),
        callback: about.callback.map(|digits| format!("+{digits}")),
        desk: desk.map(|desk| desk.number.to_string()),
        mail_to: tenant.told_by_mail(about.location).to_vec(),
        number: about.number,
        test: about.test,
    }
}

/// The device that would call: the one that is said, or the extension's only one.
pub(crate) fn device(
    tenant: &CompiledTenant,
    extension: &CompiledExtension,
    said: Option<&str>,
) -> Result<Option<DeviceId>, Invalid> {
    let mut all = tenant.devices_of(extension);
    let Some(said) = said else {
        let first = all.next();
        return Ok(first.filter(|_| all.next().is_none()).map(|only| only.id));
    };
    let found = all.find(|device| *device.username == *said || device.id.to_string() == said);
    let missing = || Invalid::new("/device", "must be a device of the extension");
    found.map(|device| Some(device.id)).ok_or_else(missing)
}

fn caller(tenant: &CompiledTenant, question: &Question) -> Result<Caller, Invalid> {
    match &question.caller {
        Asking::Extension(number) => {
            let id = number.parse::<ExtensionId>().ok();
            let found = match id {
                Some(id) => tenant.extension(id),
                None => tenant.extension_by_number(number),
            };
            let missing = || Invalid::new("/extension", "must be an extension of the company");
            let extension = found.ok_or_else(missing)?;
            Ok(Caller {
                device: device(tenant, extension, question.device.as_deref())?,
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
            devices: Some(devices.clone()),
            seconds: Some(timeout.as_secs()),
            ..Told::default()
        },
        Step::Trunk {
            trunk,
            called,
            identity,
            attested,
            caller,
            timeout,
            // what it says is among the reasons
            failover: _,
            tells_who_answers: _,
        } => Told {
            action: "trunk",
            trunk: tenant.trunk(*trunk).map(|found| found.spec.name.clone()),
            called: Some(called.clone()),
            attestation: attested.map(|attested| attested.level.letter()),
            identity: caller
                .as_ref()
                .or(identity.as_ref())
                .map(|digits| format!("+{digits}")),
            seconds: Some(timeout.as_secs()),
            ..Told::default()
        },
        Step::Divert(diversion) | Step::Forward(diversion) => Told {
            action: "forward",
            by: Some(diversion.number.clone()),
            when: Some(diversion.reason.as_str()),
            target: Some(diversion.to.clone()),
            ..Told::default()
        },
        Step::Guest(guest) => Told {
            action: "guest",
            target: Some(match guest {
                Guest::Echo => "echo".to_owned(),
                Guest::Announcement => "announcement".to_owned(),
                Guest::Conference(_) => "conference".to_owned(),
                Guest::Fax(_) => "fax".to_owned(),
                Guest::Speaker(Spoken::Clock) => "clock".to_owned(),
                Guest::Speaker(Spoken::OwnNumber) => "own_number".to_owned(),
                Guest::Speaker(Spoken::Announcement(_)) => "announcement".to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forward_is_told_as_whose_it_is_and_where_it_leads() {
        let forward = Told {
            action: "forward",
            by: Some("102".to_owned()),
            when: Some("busy"),
            target: Some("103".to_owned()),
            ..Told::default()
        };
        assert_eq!(forward.in_words(), "send it on from 102 to 103 (busy)");
    }
}
