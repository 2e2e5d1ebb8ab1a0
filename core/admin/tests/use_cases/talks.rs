//! Records of calls that took place.

use admin::access::Entered;
use domain::{Cdr, End, Fault, Party};
use ids::{CallId, CdrId, ExtensionId};
use machine::WallTime;

pub(crate) fn party(extension: Option<ExtensionId>, number: &str, display: &str) -> Party {
    Party {
        extension,
        device: None,
        number: number.to_owned(),
        display: display.to_owned(),
    }
}

/// Somebody called 102 in a company, talked and hung up.
pub(crate) fn talk_of(company: &Entered, number: u64, at: WallTime, caller: Party) -> Cdr {
    Cdr {
        id: CdrId::new(number, 1),
        call: CallId::new(number, 2),
        tenant: company.tenant.id,
        started: at,
        ringing_at: None,
        answered_at: Some(at),
        ended: at,
        caller,
        dialled: "102".to_owned(),
        destination: None,
        legs: Vec::new(),
        end: End {
            cause: 16,
            sip_status: 200,
            reason: "the caller hung up".to_owned(),
            by: Fault::Caller,
        },
        moves: domain::Moves::default(),
        explanation: Vec::new(),
        recovered: false,
    }
}
