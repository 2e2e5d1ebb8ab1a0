//! What every message of a usage says about us.

use bytes::Bytes;
use sip_message::{Builder, Message, Method, Name};

use super::config::Config;
use super::offer::SDP;
use super::step::Cx;
use crate::digest::Login;

/// The methods a usage understands.
pub(super) const ALLOW: &str =
    "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY";
/// The extensions a usage supports.
pub(super) const SUPPORTED: &str = "100rel, timer, replaces, norefersub";
/// The same without reliable provisional responses: in re-INVITEs and INVITEs without offer.
pub(super) const SUPPORTED_PLAINLY: &str = "timer, replaces, norefersub";

/// What the peer has said it can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Abilities {
    /// Takes UPDATE.
    pub(super) update: bool,
    /// Knows session timers.
    pub(super) timer: bool,
}

impl Abilities {
    /// Learns from any message of the peer; what a message does not mention stays.
    pub(super) fn learn(&mut self, message: &Message) {
        if message.has(Name::Allow) {
            self.update = message.allow().any(|method| method == Method::Update);
        }
        if message.supports("timer") {
            self.timer = true;
        }
    }
}

/// Contact, Allow, Supported: in INVITE, UPDATE and their responses.
pub(super) fn push_identity(builder: &mut Builder, config: &Config, supported: &str) {
    builder.text(Name::Contact, &config.contact);
    builder.text(Name::Allow, ALLOW);
    builder.text(Name::Supported, supported);
}

/// User-Agent of a request.
pub(super) fn push_agent(builder: &mut Builder, config: &Config) {
    if let Some(agent) = &config.agent {
        builder.text(Name::UserAgent, agent);
    }
}

/// Credentials, once the peer has asked for them.
pub(super) fn push_login(
    builder: &mut Builder,
    login: &mut Login,
    (method, uri): (Method<'_>, &str),
    cx: &mut Cx<'_, '_>,
) {
    let cnonce = cx.step.transactions.cnonce();
    if let Some((name, value)) = login.header(method.as_str(), uri, &cnonce) {
        builder.text(name, &value);
    }
}

/// The session description, if there is one.
pub(super) fn push_sdp(builder: &mut Builder, sdp: Option<&Bytes>) {
    if let Some(sdp) = sdp {
        builder.body_shared(SDP, sdp.clone());
    }
}

/// The first required extension list that we do not know, as an Unsupported value.
pub(super) fn unsupported(request: &Message) -> Option<String> {
    let known = |tag: &&str| {
        SUPPORTED
            .split(", ")
            .any(|ours| ours.eq_ignore_ascii_case(tag))
    };
    let unknown: Vec<&str> = request.require().filter(|tag| !known(tag)).collect();
    (!unknown.is_empty()).then(|| unknown.join(", "))
}
