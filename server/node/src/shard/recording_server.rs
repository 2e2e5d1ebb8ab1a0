//! The exchange as a recording server (SRS, RFC 7866 §6.2): what a recording client at the other
//! end of a company's own trunk sends is kept as a recording of that company.

use super::Shard;
use super::recording_sessions::{recording_config, said_by};
use crate::recording_sessions::{Entry, KeptCall, Role, SIDES};
use crate::recordings::{Beginning, RecordingOrder};
use domain::{RecordedSides, TrunkSiprec};
use ids::{CallId, TenantId, TrunkId};
use machine::Instant;
use media::{Command, EndpointId, Side, Tap};
use sdp::Description;
use sip_leg::{Desk, RecordingReport, RecordingSession};
use sip_message::{Flow, Message, Name, NameAddr};
use sip_stack::transaction::{Owner, ServerKey};
use siprec::{Metadata, Participant, SERVER, SIPREC, Said};
use tenancy::AdmittedTrunk;

/// Whether an INVITE is a recording client's (RFC 7866 §6.1.1).
pub(super) fn is_of_client(message: &Message) -> bool {
    message
        .require()
        .any(|tag| tag.eq_ignore_ascii_case(SIPREC))
}

impl Shard {
    /// Whether recordings are accepted from whoever sends this.
    pub(super) fn keeps_for(&self, flow: &Flow, message: &Message) -> bool {
        self.accepting(&self.trunks_of(flow, message)).is_some()
    }

    /// The first of these trunks that accepts recordings, and whose they are.
    fn accepting(&self, trunks: &[AdmittedTrunk]) -> Option<(TrunkId, TenantId)> {
        trunks.iter().find_map(|trunk| {
            let line = self.tenants.trunks.get(trunk.trunk())?;
            let accepts = line.spec().siprec == TrunkSiprec::Accepts;
            Some((trunk.trunk(), line.owner.filter(|_| accepts)?))
        })
    }

    /// Takes in a recording client's INVITE that came by one of these trunks. By a trunk that does
    /// not accept recordings the extension is as unknown as to anybody else.
    pub(super) fn keep_for(
        &mut self,
        (key, flow): (ServerKey, Flow),
        message: Message,
        trunks: &[AdmittedTrunk],
        now: Instant,
    ) {
        let Some((trunk, tenant)) = self.accepting(trunks) else {
            return self.unknown_extension(key, &message, now);
        };
        if self.door.draining || !self.has_room(false) {
            return self.retry_later(key, &message, now);
        }
        let kind = message.header(Name::ContentType).unwrap_or_default();
        let offer = siprec::described(kind, message.body());
        let offer = offer.map(Description::parse);
        let offer = match offer {
            Some(Ok(offer)) => offer,
            Some(Err(_)) => return self.refuse(key, &message, 400, now),
            None => return self.refuse(key, &message, 488, now),
        };
        let most = self.config.limits.recordings;
        let present = self.calls.recordings.present() + self.calls.sessions.clients();
        if present >= most || !self.take_client(tenant, trunk, now) {
            return self.retry_later(key, &message, now);
        }
        if !self.keep((key, flow, message), &offer, (tenant, trunk), now) {
            self.leave_client(tenant, trunk);
        }
    }

    /// Answers that the extension is not known (RFC 3261 §8.2.2.3).
    fn unknown_extension(&mut self, key: ServerKey, message: &Message, now: Instant) {
        let mut answer = self.sip.transactions.response(key, message, 420);
        answer.text(Name::Unsupported, SIPREC);
        let bytes = answer.finish();
        self.sip.transactions.respond(key, bytes, 420, now);
    }

    /// Takes a session out of what the company and its trunk may have at once.
    fn take_client(&mut self, tenant: TenantId, trunk: TrunkId, now: Instant) -> bool {
        if self.tenants.take_call(tenant, now).is_err() {
            self.figures.capped_calls += 1;
            return false;
        }
        let line = self.tenants.trunks.get_mut(trunk);
        if line.is_none_or(|line| line.take_call(tenant, false, now).is_err()) {
            self.figures.trunks.caps.refused += 1;
            return false;
        }
        self.tenants.call_began(tenant);
        true
    }

    fn leave_client(&mut self, tenant: TenantId, trunk: TrunkId) {
        self.tenants.call_ended(tenant);
        if let Some(line) = self.tenants.trunks.get_mut(trunk) {
            line.load.ended(tenant);
        }
    }

    /// Answers a client, and begins a recording; false where it was refused.
    fn keep(
        &mut self,
        (key, flow, message): (ServerKey, Flow, Message),
        offer: &Description,
        (tenant, trunk): (TenantId, TrunkId),
        now: Instant,
    ) -> bool {
        let source = self.media_source(&flow);
        let codecs = [(); SIDES].map(|()| self.codecs_of(trunk).to_vec());
        let Some(sounds) = self.open_sounds(trunk, source, None, &codecs) else {
            self.figures.portless_calls += 1;
            self.retry_later(key, &message, now);
            return false;
        };
        let metadata = match said_by(&message) {
            Said::Metadata(metadata) => *metadata,
            Said::Nothing | Said::Unreadable(_) | Said::Asked => Metadata::default(),
        };
        let parties = (party_of(&message, Name::From), party_of(&message, Name::To));
        let config = self.usage_with(&flow, Some(trunk));
        let config = recording_config(&config, SERVER);
        let owner = self.calls.sessions.next_owner();
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            ports: &mut self.ports,
            media: &mut self.outbox.media,
        };
        let invite = (key, flow, message);
        let session = RecordingSession::answer(invite, offer, sounds, config, owner, &mut desk);
        let Ok(session) = session else { return false };
        let recording = self.recording_id(now);
        let kept = KeptCall {
            recording,
            metadata: Metadata::default(),
            sides: [None; SIDES],
            paused: false,
            ended: false,
        };
        let role = Role::Server(Box::new(kept));
        let entry = Entry::new(session, (tenant, trunk), role, Default::default());
        let named = |label: usize, otherwise: String| {
            let streams = entry.session.streams().get(label);
            let label = streams.and_then(|stream| stream.label());
            let speaker = label.and_then(|label| metadata.speaker(label));
            let number = speaker.and_then(Participant::number).map(str::to_owned);
            number.unwrap_or(otherwise)
        };
        let beginning = Beginning {
            id: recording,
            tenant,
            call: CallId::new(self.unix_ms(now), self.random.next_u128()),
            conference: None,
            client: Some(trunk),
            caller: named(0, parties.0),
            called: named(1, parties.1),
            sides: RecordedSides::Stereo,
            began: self.clock.wall(now),
            at: now,
            resumed: false,
        };
        self.calls.sessions.kept += 1;
        self.seat_session(owner, entry);
        let begin = RecordingOrder::Begin(Box::new(beginning));
        self.outbox.recordings.push(begin);
        self.told_by_client(owner, metadata);
        self.keep_streams(owner);
        true
    }

    /// What a client does.
    pub(super) fn heard_of_client(&mut self, owner: Owner, report: &RecordingReport, now: Instant) {
        match report {
            RecordingReport::Changed => self.keep_streams(owner),
            RecordingReport::Ended(_) => self.end_kept(owner, now),
            RecordingReport::Answered
            | RecordingReport::Refused(..)
            | RecordingReport::Terminated => {}
        }
    }

    /// Lets what a client says go into its recording: the first of its streams on the left, the
    /// second on the right. While it sends nothing the recording is paused.
    fn keep_streams(&mut self, owner: Owner) {
        let Some(entry) = self.calls.sessions.get_mut(owner) else {
            return;
        };
        let streams = entry.session.streams();
        let live = streams.iter().any(|stream| stream.is_live());
        let mut sides = [None; SIDES];
        for (side, stream) in sides.iter_mut().zip(streams) {
            *side = stream.is_live().then(|| stream.endpoint());
        }
        let Some(kept) = entry.kept_mut() else { return };
        let (id, before) = (kept.recording, kept.sides);
        let pauses = kept.paused == live;
        kept.sides = sides;
        kept.paused = !live;
        for (at, (was, is)) in before.into_iter().zip(sides).enumerate() {
            if was != is {
                self.keep_stream(was, None);
                self.keep_stream(is, Some((id.as_u128(), at)));
            }
        }
        if pauses {
            let paused = !live;
            self.outbox
                .recordings
                .push(RecordingOrder::Pause { id, paused });
        }
    }

    fn keep_stream(&mut self, endpoint: Option<EndpointId>, place: Option<(u128, usize)>) {
        let Some(id) = endpoint else { return };
        let tap = place.map(|(recording, at)| Tap {
            recording,
            side: if at == 0 { Side::Left } else { Side::Right },
        });
        self.outbox.media.push(Command::Keep { id, tap });
    }

    /// A client tells of its call; of whom nothing was known the recording is told.
    pub(super) fn told_by_client(&mut self, owner: Owner, metadata: Metadata) {
        let entry = self.calls.sessions.get_mut(owner);
        let Some(kept) = entry.and_then(Entry::kept_mut) else {
            return;
        };
        kept.metadata.take(metadata);
        let id = kept.recording;
        for number in kept.metadata.participants.iter().filter_map(written) {
            self.outbox
                .recordings
                .push(RecordingOrder::Join { id, number });
        }
    }

    /// The recording of a client's call is over.
    pub(super) fn end_kept(&mut self, owner: Owner, now: Instant) {
        let entry = self.calls.sessions.get_mut(owner);
        let Some(kept) = entry.and_then(Entry::kept_mut) else {
            return;
        };
        let id = kept.recording;
        let sides = std::mem::take(&mut kept.sides);
        if kept.ended {
            return;
        }
        kept.ended = true;
        for side in sides {
            self.keep_stream(side, None);
        }
        self.outbox
            .recordings
            .push(RecordingOrder::End { id, at: now });
    }
}

/// Somebody as the recording names it: with its address where it has any.
fn written(one: &Participant) -> Option<String> {
    let address = one.addresses.first();
    match (one.name.as_ref(), address) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (Some(known), None) | (None, Some(known)) => Some(known.clone()),
        (None, None) => None,
    }
}

/// The number that a header of the INVITE names.
fn party_of(message: &Message, header: Name<'_>) -> String {
    let address = message
        .header(header)
        .and_then(|text| NameAddr::parse(text).ok());
    let uri = address.as_ref().and_then(|address| address.uri().ok());
    let user = uri.as_ref().and_then(|uri| uri.user_decoded());
    user.map(|user| user.into_owned()).unwrap_or_default()
}
