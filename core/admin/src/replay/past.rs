//! A call of the past as the question that routing was asked.

use std::net::SocketAddr;

use domain::{Cdr, CdrLeg, CompiledTenant, LegDirection};
use ids::{CallId, CdrId};
use machine::WallTime;
use routing::{Caller, Dialled, RouteRequest};

use super::record::follows;
use crate::explain::device;

/// Which call it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCall {
    /// Its record.
    pub cdr: CdrId,
    /// The call.
    pub call: CallId,
    /// When it was.
    pub started: WallTime,
    /// Who called: the number that was shown, empty when it was hidden.
    pub caller: String,
    /// What was dialled.
    pub dialled: String,
}

impl PastCall {
    pub(super) fn of(cdr: &Cdr) -> PastCall {
        PastCall {
            cdr: cdr.id,
            call: cdr.call,
            started: cdr.started,
            caller: cdr.caller.number.clone(),
            dialled: cdr.dialled.clone(),
        }
    }
}

/// Why a call is not asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unasked {
    /// Its record names neither an extension nor a trunk that called.
    NoCaller,
    /// The extension that called is not there any more.
    CallerGone,
    /// The trunk by which it came is not there any more, or not for the company.
    TrunkGone,
    /// It was for an address elsewhere, of which the record does not say whose.
    Elsewhere,
    /// It was for one telephone by an address of its own, not for a number.
    ToPhone,
    /// A cap or a budget refused it. Only where it is asked what became of it since.
    Capped,
    /// It had gone on elsewhere too often before it came. Likewise.
    SentOnBefore,
}

impl Unasked {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Unasked::NoCaller => "no_caller",
            Unasked::CallerGone => "caller_gone",
            Unasked::TrunkGone => "trunk_gone",
            Unasked::Elsewhere => "elsewhere",
            Unasked::ToPhone => "to_phone",
            Unasked::Capped => "capped",
            Unasked::SentOnBefore => "sent_on_before",
        }
    }

    /// It as a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Unasked::NoCaller => "the record names no extension and no trunk that called",
            Unasked::CallerGone => "the extension that called is not there any more",
            Unasked::TrunkGone => "the trunk by which it came is not there any more",
            Unasked::Elsewhere => "it was for an address elsewhere, which the record does not tell",
            Unasked::ToPhone => "it was for one telephone by an address of its own",
            Unasked::Capped => "a cap or a budget refused it, not a rule",
            Unasked::SentOnBefore => "it had been sent on too often before it came",
        }
    }
}

/// A call that is not asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreplayed {
    /// The call.
    pub call: PastCall,
    /// Whether it was for help.
    pub for_help: bool,
    /// Why not.
    pub reason: Unasked,
}

/// What routing was asked.
pub(super) fn question(tenant: &CompiledTenant, cdr: &Cdr) -> Result<RouteRequest, Unasked> {
    if follows(cdr, "host.foreign") {
        return Err(Unasked::Elsewhere);
    }
    if follows(cdr, "gruu.") {
        return Err(Unasked::ToPhone);
    }
    let incoming = |leg: &&CdrLeg| leg.direction == LegDirection::Incoming;
    let first = cdr.legs.first().filter(incoming);
    let from = first.and_then(|leg| leg.address.parse::<SocketAddr>().ok());
    let caller = caller(tenant, cdr, first)?;
    let from = from
        .map(|from| from.ip())
        .filter(|_| caller.trunk.is_none());
    let mut request = RouteRequest {
        from,
        ..RouteRequest::call(caller, Dialled::own(&cdr.dialled))
    };
    if follows(cdr, "emergency.called_back") {
        let mut legs = cdr.legs.iter();
        let rung = legs.find(|leg| leg.direction == LegDirection::Outgoing);
        request.back_to = rung.and_then(|leg| leg.party.extension);
    }
    Ok(request)
}

fn caller(tenant: &CompiledTenant, cdr: &Cdr, first: Option<&CdrLeg>) -> Result<Caller, Unasked> {
    if let Some(id) = cdr.caller.extension {
        let extension = tenant.extension(id).ok_or(Unasked::CallerGone)?;
        let same = cdr.caller.device.and_then(|id| tenant.device(id));
        let same = same.filter(|device| device.extension == extension.id);
        let device = match same {
            Some(device) => Some(device.id),
            // another telephone stands in its place
            None => device(tenant, extension, None).ok().flatten(),
        };
        return Ok(Caller {
            device,
            extension: Some(extension.id),
            number: extension.number.to_string(),
            display: extension.display_name.to_string(),
            ..Caller::default()
        });
    }
    let by = first.and_then(|leg| leg.by_trunk.as_ref());
    let by = by.ok_or(Unasked::NoCaller)?;
    let trunk = tenant.trunk(by.trunk).ok_or(Unasked::TrunkGone)?;
    Ok(Caller {
        trunk: Some(trunk.id),
        number: cdr.caller.number.clone(),
        proof: by.proof.clone(),
        ..Caller::default()
    })
}

/// Whether something else than documents decided on the call, so that nothing follows from where
/// it would go now.
pub(super) fn beside_documents(cdr: &Cdr) -> Option<Unasked> {
    if follows(cdr, "cap.") || follows(cdr, "fraud.budget") {
        return Some(Unasked::Capped);
    }
    follows(cdr, "forward.too_many").then_some(Unasked::SentOnBefore)
}
