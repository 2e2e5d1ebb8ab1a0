//! What there is to see of an extension: its lines, whether it can be reached, its mailbox.

use super::Shard;
use crate::calls::CallKey;
use call::{Direction, LegStage, LegView};
use domain::{CompiledExtension, CompiledTenant, LampDocuments};
use event_package::{
    Activity, DialogLine, DialogState, MessageSummary, Package, Presence, RegContact, Side,
};
use machine::Instant;
use registrar::without_prid;
use sip_leg::Identity;
use watch::{Line, LineName, Picture, Watched, Watcher};

impl Shard {
    /// Writes down what the lines of a call do now.
    pub(crate) fn note_lines(&mut self, key: CallKey) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let (call, tenant) = (&entry.call, entry.tenant);
        let legs: Vec<LegView<'_>> = call.legs().collect();
        let mut lines = Vec::new();
        for leg in legs.iter().filter(|leg| leg.stage != LegStage::Closed) {
            let Some(extension) = leg.party.extension else {
                continue;
            };
            let (number, display) = other_party(leg, &legs, entry);
            let line = Line {
                name: LineName {
                    call: call.id(),
                    leg: leg.id.number(),
                },
                side: side_of(leg.direction),
                state: state_of(leg, &legs),
                holds: leg.holding,
                number,
                display,
            };
            lines.push((Watched { tenant, extension }, line));
        }
        let call = call.id();
        let lamps = &mut self.sip.lamps;
        lamps.lines.set(call, lines, &mut lamps.moved);
    }

    /// What a watcher is to see that may go on; nothing of an extension that is not there.
    pub(super) fn picture_of(&self, watcher: &Watcher, now: Instant) -> Option<Picture> {
        let tenant = self.tenants.compiled(watcher.scope.tenant())?;
        let extension = tenant.extension(watcher.extension)?;
        Some(self.seen_of(extension, watcher, &tenant, now))
    }

    /// What there is to see of an extension of the watcher's company.
    pub(super) fn seen_of(
        &self,
        extension: &CompiledExtension,
        watcher: &Watcher,
        tenant: &CompiledTenant,
        now: Instant,
    ) -> Picture {
        let entity = uri_of(&extension.number, tenant);
        match watcher.package {
            Package::Dialog => {
                let device = tenant.device(watcher.device);
                let watching = device.and_then(|device| tenant.extension(device.extension));
                let told = watching.map(CompiledExtension::lamp_documents);
                Picture::Lines {
                    entity,
                    display: extension.display_name.to_string(),
                    lines: self.dialog_lines(extension, watching, tenant),
                    partial: told == Some(LampDocuments::Partial),
                }
            }
            Package::Presence => {
                Picture::Presence(self.presence(watcher, tenant, extension, entity))
            }
            Package::Registration => Picture::Contacts {
                aor: entity,
                contacts: self.contacts(watcher, tenant, extension, now),
            },
            // There are no mailboxes: none has a message.
            Package::MessageSummary => Picture::Messages(MessageSummary {
                account: entity,
                new: 0,
                old: 0,
            }),
        }
    }

    fn dialog_lines(
        &self,
        extension: &CompiledExtension,
        watching: Option<&CompiledExtension>,
        tenant: &CompiledTenant,
    ) -> Vec<DialogLine> {
        let shown = self.sip.lamps.watches.limits().lines_shown;
        let watched = Watched {
            tenant: tenant.id(),
            extension: extension.id,
        };
        let lines = self.sip.lamps.lines.of(watched).iter().take(shown);
        let dialog = |line: &Line| DialogLine {
            id: line.name.to_string(),
            dialog: self.dialog_of(line.name),
            side: line.side,
            state: line.state,
            remote: shows_other(extension, line, watching, tenant)
                .then(|| (line.display.clone(), uri_of(&line.number, tenant))),
            holds: line.holds,
        };
        lines.map(dialog).collect()
    }

    /// Call-ID and tags of a line's dialog, ours as the local one: a Replaces that names it so
    /// (RFC 3891 §3) is one that we are asked.
    fn dialog_of(&self, name: LineName) -> Option<(String, String, String)> {
        let entry = self.calls.get(self.calls.key_of(name.call)?)?;
        let owner = entry.legs.get(usize::from(name.leg)).copied().flatten()?;
        let usage = self.legs.get(owner)?.sip.usage();
        let peer = usage.dialog().map(|dialog| dialog.remote_tag().to_owned());
        Some((
            usage.call_id().to_owned(),
            usage.local_tag().to_owned(),
            peer.unwrap_or_default(),
        ))
    }

    fn presence(
        &self,
        watcher: &Watcher,
        tenant: &CompiledTenant,
        extension: &CompiledExtension,
        entity: String,
    ) -> Presence {
        let mut devices = tenant.devices_of(extension);
        let open = devices.any(|device| {
            let bound = !self
                .registrar
                .bindings(&watcher.scope, device.id)
                .is_empty();
            device.enabled && (bound || device.address.is_some())
        });
        let watched = Watched {
            tenant: tenant.id(),
            extension: extension.id,
        };
        let lines = self.sip.lamps.lines.of(watched);
        let talks =
            |line: &Line| line.state == DialogState::Confirmed || line.side == Side::Initiator;
        let busy = lines.iter().any(talks);
        let said = self.sip.lamps.publications.of(watched);
        let noted = said.map(|said| said.note.clone());
        let note = match (busy, lines.is_empty(), open) {
            (true, _, _) => "On the phone",
            (false, false, _) => "Ringing",
            (false, true, true) => "Available",
            (false, true, false) => "Offline",
        };
        // what the exchange sees goes before what the user says, and his words before ours
        let note = match noted {
            Some(noted) if !busy && lines.is_empty() && !noted.is_empty() => noted,
            Some(_) | None => note.to_owned(),
        };
        let activity = busy.then_some(Activity::OnThePhone);
        Presence {
            entity,
            open: open && said.is_none_or(|said| said.open),
            activity: activity.or_else(|| said?.activity),
            note,
        }
    }

    fn contacts(
        &self,
        watcher: &Watcher,
        tenant: &CompiledTenant,
        extension: &CompiledExtension,
        now: Instant,
    ) -> Vec<RegContact> {
        let wall = self.clock.wall(now).unix_ms();
        let mut contacts = Vec::new();
        for device in tenant.devices_of(extension) {
            for binding in self.registrar.bindings(&watcher.scope, device.id) {
                let left = binding.expires_at.unix_ms().saturating_sub(wall);
                contacts.push(RegContact {
                    id: binding.id.to_string(),
                    uri: without_prid(&binding.contact),
                    expires: u64::try_from(left).unwrap_or(0) / 1000,
                    q: binding.q,
                });
            }
        }
        contacts
    }
}

pub(super) fn uri_of(number: &str, tenant: &CompiledTenant) -> String {
    let identity = Identity {
        number,
        display: "",
        domain: tenant.domain(),
    };
    let value = identity.value();
    value.trim_matches(['<', '>']).to_owned()
}

/// Whether a watcher is shown with whom an extension talks: its own phones always are, and others
/// where neither of the two hides it from them.
fn shows_other(
    extension: &CompiledExtension,
    line: &Line,
    watching: Option<&CompiledExtension>,
    tenant: &CompiledTenant,
) -> bool {
    let watching = watching.map(|watching| watching.id);
    let shows = |one: &CompiledExtension| one.shows_other_party() || watching == Some(one.id);
    let other = tenant.extension_by_number(&line.number);
    watching == Some(extension.id) || shows(extension) && other.is_none_or(shows)
}

fn side_of(direction: Direction) -> Side {
    match direction {
        Direction::Inbound => Side::Initiator,
        Direction::Outbound => Side::Recipient,
    }
}

/// How far a line has come; a caller's goes as far as those it calls.
fn state_of(leg: &LegView<'_>, legs: &[LegView<'_>]) -> DialogState {
    match leg.stage {
        LegStage::Calling if legs.iter().any(|one| one.stage == LegStage::Ringing) => {
            DialogState::Early
        }
        LegStage::Calling => DialogState::Proceeding,
        LegStage::Dialled => DialogState::Trying,
        LegStage::Ringing => DialogState::Early,
        LegStage::Up => DialogState::Confirmed,
        LegStage::Closed => DialogState::Terminated,
    }
}

/// Number and name of whom a leg's party talks with, is called by, or calls.
fn other_party(
    leg: &LegView<'_>,
    legs: &[LegView<'_>],
    entry: &crate::calls::Entry,
) -> (String, String) {
    let joined = entry.call.bridge().opposite(leg.id);
    let first = legs.first().map(|first| first.id);
    let other = match leg.direction {
        Direction::Outbound => joined.or(first),
        Direction::Inbound => joined,
    };
    let party = legs
        .iter()
        .find(|one| Some(one.id) == other && one.id != leg.id)
        .map(|one| one.party);
    match party {
        Some(party) => (party.number.clone(), party.display.clone()),
        None => (entry.call.dialled().to_owned(), String::new()),
    }
}
