//! Orders in words, so that a test reads what a call did as one would tell it.

use super::*;

/// One order, such as `1: answer B`.
pub(super) fn order(output: &Output) -> String {
    match output {
        Output::Leg(leg, order) => format!("{}: {}", leg.number(), leg_order(order)),
        Output::Media(order) => media(*order),
        Output::Route { request, .. } => format!("route {}", request.dialled.user),
        Output::Event(event) => format!("event {:?}", event.what),
        Output::Over => "over".to_owned(),
    }
}

fn media(order: MediaOrder) -> String {
    match order {
        MediaOrder::Bridge(a, b) => format!("{} and {} hear each other", a.number(), b.number()),
        MediaOrder::Echo(leg) => format!("{} hears itself", leg.number()),
        MediaOrder::Fax(leg, _) => format!("{} sends a fax", leg.number()),
        MediaOrder::Attend(leg, _) => format!("{} attends a conference", leg.number()),
        MediaOrder::Play(leg, Prompt::Announcement) => {
            format!("{} hears the announcement", leg.number())
        }
        MediaOrder::Play(leg, Prompt::Ringback) => format!("{} hears ringing", leg.number()),
        MediaOrder::Play(leg, Prompt::Alert) => format!("{} hears the alert", leg.number()),
        MediaOrder::Play(leg, Prompt::Music) => format!("{} hears music", leg.number()),
        MediaOrder::Say(leg, spoken) => format!("{} is told {spoken:?}", leg.number()),
        MediaOrder::Silence(leg) => format!("{} hears nothing", leg.number()),
    }
}

// tidy: table
fn leg_order(order: &LegOrder) -> String {
    match order {
        LegOrder::Ring => "ring".to_owned(),
        LegOrder::Forwarded => "tell of a forward".to_owned(),
        LegOrder::Progress { description } => format!("progress {}", name(description)),
        LegOrder::Answer { description } => format!("answer {}", maybe(description.as_ref())),
        LegOrder::AnswerLocally(_) => "answer as a guest".to_owned(),
        LegOrder::Refuse { status, reason } => format!("refuse {status}, cause {}", reason.cause),
        LegOrder::Dial { offer, number, .. } => {
            format!("dial with {} from {number}", maybe(offer.as_ref()))
        }
        LegOrder::DialTrunk { attempt, .. } => format!(
            "call {} by peer {} showing {}",
            attempt.called,
            attempt.peer,
            attempt.identity.as_deref().unwrap_or("nothing")
        ),
        LegOrder::Confirm { description } => format!("confirm {}", name(description)),
        LegOrder::Cancel { reason } => format!("cancel, cause {}", reason.cause),
        LegOrder::HangUp { reason } => format!("hang up, cause {}", reason.cause),
        LegOrder::Reoffer { description } => format!("offer {}", maybe(description.as_ref())),
        LegOrder::ReofferLocally(_) => "offer as a guest".to_owned(),
        LegOrder::OfferFax => "offer a fax".to_owned(),
        LegOrder::AnswerReoffer { description } => format!("accept with {}", name(description)),
        LegOrder::AnswerReofferLocally(_) => "accept as a guest".to_owned(),
        LegOrder::RefuseReoffer { status } => format!("decline the offer {status}"),
        LegOrder::AcceptReferral => "accept the transfer".to_owned(),
        LegOrder::RefuseReferral { status } => format!("decline the transfer {status}"),
        LegOrder::NotifyReferral { status, done } => {
            format!(
                "the transfer is at {status}{}",
                if *done { ", done" } else { "" }
            )
        }
        LegOrder::Inform { content_type, .. } => format!("inform {content_type}"),
    }
}

/// The session name of a description, with its direction unless it is the usual one.
fn name(description: &Description) -> String {
    let text = description.to_string();
    let name = text.lines().find_map(|line| line.strip_prefix("s="));
    let name = name.unwrap_or_default().to_owned();
    let direction = description.direction_of(0);
    if direction == sdp::Direction::SendRecv {
        name
    } else {
        format!("{name} {}", direction.as_str())
    }
}

fn maybe(description: Option<&Description>) -> String {
    description.map_or_else(|| "no offer".to_owned(), name)
}
