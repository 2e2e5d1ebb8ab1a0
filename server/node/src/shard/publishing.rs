//! PUBLISH: what a telephone says of its user, shown to those who watch (RFC 3903).

use super::Shard;
use event_package::{Package, Published};
use machine::Instant;
use sip_message::{Flow, Message, Name};
use sip_stack::subscription::TooBrief;
use sip_stack::transaction::ServerKey;
use watch::{NoSuchTag, Publishing, Watched};

/// Why a PUBLISH is refused.
enum Refusal {
    /// With this status.
    Status(u16),
    /// 423 with this Min-Expires, in seconds.
    TooBrief(u64),
}

impl Shard {
    pub(crate) fn publish(&mut self, key: ServerKey, flow: Flow, message: &Message, now: Instant) {
        let Some(admitted) = self.admit_to_begin(key, flow, message, now) else {
            return;
        };
        let event = message.header(Name::Event).unwrap_or_default();
        if Package::of_event(event) != Some(Package::Presence) {
            return self.refuse_event(key, message, now);
        }
        let Some(extension) = self.extension_named(message, &flow, &admitted.tenant) else {
            return self.refuse(key, message, 404, now);
        };
        let device = admitted.tenant.device(admitted.device);
        if device.is_none_or(|device| device.extension != extension) {
            return self.refuse(key, message, 403, now);
        }
        let watched = Watched {
            tenant: admitted.scope.tenant(),
            extension,
        };
        match self.published(watched, message, now) {
            Ok((tag, seconds)) => {
                let mut answer = self.sip.transactions.response(key, message, 200);
                answer
                    .text(Name::SipEtag, &tag)
                    .header(Name::Expires, seconds);
                let bytes = answer.finish();
                self.sip.transactions.respond(key, bytes, 200, now);
            }
            Err(Refusal::Status(status)) => self.refuse(key, message, status, now),
            Err(Refusal::TooBrief(seconds)) => {
                let mut answer = self.sip.transactions.response(key, message, 423);
                answer.header(Name::MinExpires, seconds);
                let bytes = answer.finish();
                self.sip.transactions.respond(key, bytes, 423, now);
            }
        }
    }

    /// Keeps what was published; its tag, and for how many seconds.
    fn published(
        &mut self,
        watched: Watched,
        message: &Message,
        now: Instant,
    ) -> Result<(String, u64), Refusal> {
        let bounds = self.config.watching.bounds;
        let asked = message
            .expires()
            .map_err(|bad| Refusal::Status(bad.status))?;
        let granted = bounds.grant(asked);
        let granted = granted.map_err(|TooBrief(seconds)| Refusal::TooBrief(seconds))?;
        let publishing = publishing_of(message, granted.is_zero())?;
        let tag = self.random.token(16);
        let lamps = &mut self.sip.lamps;
        lamps
            .publications
            .publish(watched, publishing, &tag, granted, now)
            .map_err(|NoSuchTag| Refusal::Status(412))?;
        lamps.moved.insert(watched);
        Ok((tag, granted.as_secs()))
    }
}

/// What is asked, by tag, body and duration (RFC 3903 §4).
fn publishing_of(message: &Message, ends: bool) -> Result<Publishing, Refusal> {
    let known = message.header(Name::SipIfMatch).map(str::to_owned);
    let body = message.body();
    match (known, ends) {
        (Some(known), true) => Ok(Publishing::Remove(known)),
        (Some(known), false) if body.is_empty() => Ok(Publishing::Refresh(known)),
        (Some(known), false) => Ok(Publishing::Modify(known, read(message)?)),
        (None, false) if !body.is_empty() => Ok(Publishing::Initial(read(message)?)),
        (None, _) => Err(Refusal::Status(400)),
    }
}

fn read(message: &Message) -> Result<Published, Refusal> {
    let kind = message.header(Name::ContentType).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(Package::Presence.media_type()) {
        return Err(Refusal::Status(415));
    }
    Published::read(message.body()).map_err(|_| Refusal::Status(400))
}
