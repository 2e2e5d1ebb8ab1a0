//! The operation that reports on a company's calls for help.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use admin::emergency_report;
use domain::{KindName, Permission, Verb};
use ids::DeviceId;
use ports::LiveRegistration;

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::view::emergency::EmergencyReportView;

const REPORT: &str = "/api/v1/tenants/{tenant}/emergency_report";

pub(super) fn operations() -> Vec<Operation> {
    let needed = Permission::of_kind(KindName::EmergencyLocation, Verb::Read);
    let operations = [Operation::get(REPORT, "getEmergencyReport", get)
        .needs(needed)
        .tells(
            "Report on calls for help",
            "For each telephone what its call for help would tell at this moment: where it is and \
             by what that is known, the number that would be shown, the trunks that would be \
             asked. Those without a location come first. And the latest calls for help.",
        )
        .gives::<EmergencyReportView>("The report.")
        .refuses(&[Kind::Unavailable])];
    operations.map(|operation| operation.tag("Lines")).into()
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let all = call.front.parts.live.registrations(&scope).await?;
    let seen: BTreeMap<DeviceId, IpAddr> = all.iter().filter_map(source).collect();
    let report = emergency_report::of_tenant(&call.office, &scope, &seen).await?;
    Answer::json(&EmergencyReportView::of(report))
}

fn source(registration: &LiveRegistration) -> Option<(DeviceId, IpAddr)> {
    let source: SocketAddr = registration.source.parse().ok()?;
    Some((registration.device?, source.ip()))
}
