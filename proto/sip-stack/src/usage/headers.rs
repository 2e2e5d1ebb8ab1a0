//! What every message of a usage says about us.

use bytes::Bytes;
use sip_message::{Builder, Message, Method, Name};

use super::config::Config;
use super::offer::SDP;
use super::parts::Part;
use super::step::Cx;
use crate::digest::Login;

/// The methods a usage understands.
pub(super) const ALLOW: &str =
    "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY";
/// The extensions a usage supports.
pub(super) const SUPPORTED: &str = "100rel, timer, replaces, norefersub";
/// The same without reliable provisional responses: in re-INVITEs and INVITEs without offer.
pub(super) const SUPPORTED_PLAINLY: &str = "timer, replaces, norefersub";

/// The extension of recording sessions.
const SIPREC: &str = "siprec";

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
    match config.recording {
        true => builder.header(Name::Supported, format_args!("{supported}, {SIPREC}")),
        false => builder.text(Name::Supported, supported),
    };
}

/// What an INVITE or UPDATE of a recording session requires (RFC 7866 §6.1.1).
pub(super) fn push_require(builder: &mut Builder, config: &Config) {
    if config.recording {
        builder.text(Name::Require, SIPREC);
    }
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

/// The session description and what goes beside it, if there is anything; `mark` parts the two.
pub(super) fn push_described(
    builder: &mut Builder,
    (sdp, beside): (Option<&Bytes>, Option<&Part>),
    mark: &str,
) {
    match beside {
        Some(part) => {
            let (kind, body) = part.beside(sdp, mark);
            builder.body_shared(&kind, body);
        }
        None => push_sdp(builder, sdp),
    }
}

/// The first required extension list that we do not know, as an Unsupported value.
pub(super) fn unsupported(request: &Message, config: &Config) -> Option<String> {
    let known = |tag: &&str| {
        let mut ours = SUPPORTED.split(", ");
        let records = config.recording && tag.eq_ignore_ascii_case(SIPREC);
        records || ours.any(|ours| ours.eq_ignore_ascii_case(tag))
    };
    let unknown: Vec<&str> = request.require().filter(|tag| !known(tag)).collect();
    (!unknown.is_empty()).then(|| unknown.join(", "))
}
