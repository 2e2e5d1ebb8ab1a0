//! Conferences: who comes, who leaves, what each may there, and who speaks.

use super::Shard;
use crate::calls::CallKey;
use crate::conferences::{Member, Place, Pressed};
use crate::turn::Work;
use call::{DialStep, HangUp, Input, LegId};
use domain::{CompiledTenant, Event, EventKind};
use ids::{CallId, ExtensionId};
use machine::Instant;
use media::{Command, EndpointId, RoomId};
use ports::{LiveConference, LiveError, LiveMember, Seat};
use routing::Guest;
use serde_json::json;
use tenancy::TenantScope;

/// The rule that explains that a member's sound is elsewhere than the others'.
const APART: &str = "conference.apart";
/// The rule that explains that a member mutes itself, or is heard again.
const BY_KEY: &str = "conference.muted";

impl Shard {
    /// A leg attends a conference of its own company from now on: as it did in a former process,
    /// if it did, which is told to nobody once more.
    pub(super) fn attend(
        &mut self,
        key: CallKey,
        (leg, at): (LegId, ExtensionId),
        former: Option<Seat>,
        now: Instant,
    ) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let (place, id) = ((entry.tenant, at), entry.call.id());
        let sip = entry.owner(leg).and_then(|owner| self.legs.get(owner));
        let Some(endpoint) = sip.map(|leg| leg.sip.sound().endpoint()) else {
            return;
        };
        let here = self.calls.conferences.member(key);
        if here.is_some_and(|member| (member.place, member.endpoint) == (place, endpoint)) {
            return self.reseat(key);
        }
        self.leave_conference(key, now);
        let elsewhere =
            |(_, other): (CallKey, &Member)| other.endpoint.worker() != endpoint.worker();
        if self.calls.conferences.of(place).any(elsewhere) {
            return self.keep_apart(key, now);
        }
        let seat = former.unwrap_or_else(|| self.first_seat(place));
        let member = Member::new((place, leg, endpoint), seat, now);
        self.calls.conferences.join(key, member);
        self.outbox.media.push(Command::Attend {
            id: endpoint,
            room: RoomId(at.as_u128()),
            seat: self.seat_on_the_road(key),
        });
        self.reseat_coaches_of(id, place);
        if former.is_none() {
            self.tell_of_conference(key, EventKind::ConferenceJoined, now);
        }
        self.record_room(key, place, former.is_none(), now);
    }

    /// What whoever comes to a conference may at first.
    fn first_seat(&self, (tenant, at): Place) -> Seat {
        let compiled = self.tenants.compiled(tenant);
        let extension = compiled.as_ref().and_then(|tenant| tenant.extension(at));
        Seat {
            muted: extension.is_some_and(|found| found.conference.muted_at_first),
            ..Seat::default()
        }
    }

    /// A call attends no conference any more, if it has.
    pub(super) fn leave_conference(&mut self, key: CallKey, now: Instant) {
        let member = self.calls.conferences.member(key);
        let Some(place) = member.map(|member| member.place) else {
            return;
        };
        self.hush_notice(key);
        self.tell_of_conference(key, EventKind::ConferenceLeft, now);
        self.calls.conferences.leave(key);
        if self.calls.conferences.count(place) == 0 {
            self.end_room(place, now);
        }
    }

    /// Its sound can be brought to no place where the others' is: it had been told of another
    /// before, or there is no room.
    fn keep_apart(&mut self, key: CallKey, now: Instant) {
        let because = "its sound cannot be brought to where the conference is".to_owned();
        self.explain(key, APART, because.clone(), now);
        let input = Input::HangUp(HangUp::Policy(because));
        self.turn.work.push_back(Work::Input(key, input));
    }

    /// Before a leg is told where its sound is to go: where it is to attend a conference, that is
    /// to be where the others' goes. What has been told before is changed by an offer alone.
    pub(super) fn move_to_conference(
        &mut self,
        key: CallKey,
        leg: LegId,
        is_offer: bool,
        now: Instant,
    ) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let Some(Guest::Conference(at)) = entry.call.bridge().guest_of(leg) else {
            return;
        };
        let there = self.calls.conferences.of((entry.tenant, at)).next();
        let near = there.map(|(_, member)| member.endpoint);
        let (Some(near), Some(owner)) = (near, entry.owner(leg)) else {
            return;
        };
        let Some(sound) = self.legs.get(owner).map(|leg| leg.sip.sound()) else {
            return;
        };
        let before = sound.endpoint();
        if before.worker() == near.worker() || (sound.told().is_some() && !is_offer) {
            return;
        }
        self.with_leg(owner, now, |sip, desk, _| {
            // where there is no room it stays, and is turned away when it attends
            let _no_room = sip.move_near(near, desk);
        });
        let after = self.legs.get(owner).map(|leg| leg.sip.sound().endpoint());
        if let Some(after) = after.filter(|after| *after != before) {
            self.calls.free_endpoint(before);
            self.calls.bind_endpoint(after, key, leg);
        }
    }

    /// Changes what a member may.
    pub(super) fn take_seat(
        &mut self,
        scope: &TenantScope,
        id: CallId,
        seat: Seat,
        now: Instant,
    ) -> Result<(), LiveError> {
        let own = self.own_call(scope, id).is_some();
        let key = self.calls.key_of(id).filter(|_| own);
        let key = key.ok_or(LiveError::NotFound)?;
        let member = self.calls.conferences.member(key);
        let place = member.ok_or(LiveError::NotInConference)?.place;
        let pupil = seat.coaches.map(|pupil| self.member_of_call(pupil, place));
        if seat.coaches == Some(id) || pupil.is_some_and(|pupil| pupil.is_none()) {
            return Err(LiveError::NobodyToCoach);
        }
        if let Some(member) = self.calls.conferences.member_mut(key) {
            member.seat = seat;
        }
        self.reseat(key);
        self.keep_soon(key, now);
        Ok(())
    }

    /// A key of a telephone was pressed: by `*6` a member mutes itself, and is heard again; by `*2`
    /// the recording begins, is paused, and goes on.
    pub(super) fn pressed(&mut self, key: CallKey, leg: LegId, digit: char, now: Instant) {
        let Some(member) = self.calls.conferences.member_mut(key) else {
            return;
        };
        if member.leg != leg {
            return;
        }
        match member.pressed(digit, now) {
            Some(Pressed::Mute) => {}
            Some(Pressed::Record) => {
                let place = member.place;
                return self.member_records(key, place, now);
            }
            None => return,
        }
        member.seat.muted = !member.seat.muted;
        let muted = member.seat.muted;
        let because = match muted {
            true => "the member has muted itself by *6",
            false => "the member is heard again by *6",
        };
        self.reseat(key);
        self.explain(key, BY_KEY, because.to_owned(), now);
        self.keep_soon(key, now);
        self.beep(key, &[leg], now);
    }

    /// A key was pressed, as signalling tells of it. Telephones that send their keys among the
    /// sound tell of them there, and some in both ways.
    pub(super) fn signalled(&mut self, key: CallKey, leg: LegId, digit: char, now: Instant) {
        let owner = self.calls.get(key).and_then(|entry| entry.owner(leg));
        let sip = owner.and_then(|owner| self.legs.get(owner));
        if sip.is_some_and(|leg| !leg.sip.sound().has_presses()) {
            self.pressed(key, leg, digit, now);
        }
    }

    /// A party of the exchange as a step, if it takes another.
    pub(super) fn guest(&mut self, tenant: &CompiledTenant, guest: Guest) -> DialStep {
        let at = match guest {
            Guest::Echo | Guest::Announcement | Guest::Speaker(_) => {
                return DialStep::Guest(guest);
            }
            Guest::Fax(at) => return self.fax_machine(at),
            Guest::Conference(at) => at,
        };
        let most = tenant
            .extension(at)
            .map_or(0, |found| found.conference.most_members);
        if self.calls.conferences.count((tenant.id(), at)) < usize::from(most) {
            return DialStep::Guest(guest);
        }
        DialStep::Capped(format!("the conference has its {most} members"))
    }

    /// The road tells that a member is one of those that are heard, or no longer.
    pub(super) fn note_heard(&mut self, id: EndpointId, heard: bool) {
        let member = self.calls.of_endpoint(id);
        let member = member.and_then(|(key, _)| self.calls.conferences.member_mut(key));
        if let Some(member) = member {
            member.heard = heard;
        }
    }

    /// The road tells that a member has the floor.
    pub(super) fn note_floor(&mut self, id: EndpointId, now: Instant) {
        let Some((key, _)) = self.calls.of_endpoint(id) else {
            return;
        };
        if self.calls.conferences.give_floor(key) {
            self.tell_of_conference(key, EventKind::ConferenceFloor, now);
        }
    }

    /// A tenant's conferences, as they are now.
    pub(super) fn show_conferences(&self, scope: &TenantScope) -> Vec<LiveConference> {
        let tenant = scope.tenant();
        let compiled = self.tenants.compiled(tenant);
        let call = |key| Some(self.calls.get(key)?.call.id());
        let all = self.calls.conferences.of_tenant(tenant);
        let shown = all.map(|(at, began, floor)| {
            let extension = compiled.as_ref().and_then(|tenant| tenant.extension(at));
            let members = self.calls.conferences.of((tenant, at));
            LiveConference {
                extension: at,
                number: extension.map_or_else(String::new, |found| found.number.to_string()),
                display: extension.map_or_else(String::new, |found| found.display_name.to_string()),
                most_members: extension.map_or(0, |found| found.conference.most_members),
                began: self.clock.wall(began),
                floor: floor.and_then(call),
                recording: self.live_recording((tenant, at)),
                members: members
                    .filter_map(|(key, member)| self.show_member(key, member))
                    .collect(),
            }
        });
        shown.collect()
    }

    fn show_member(&self, key: CallKey, member: &Member) -> Option<LiveMember> {
        let entry = self.calls.get(key)?;
        let (party, _) = entry.call.leg(member.leg)?;
        Some(LiveMember {
            call: entry.call.id(),
            number: party.number.clone(),
            display: party.display.clone(),
            joined: self.clock.wall(member.joined),
            seat: member.seat,
            heard: member.heard,
        })
    }

    /// The member that this call is of this conference.
    fn member_of_call(&self, call: CallId, place: Place) -> Option<&Member> {
        let member = self.calls.conferences.member(self.calls.key_of(call)?)?;
        (member.place == place).then_some(member)
    }

    /// What the road is told of a member. Whom it coaches may not have come back yet, and until
    /// then nobody hears it; nor does anybody hear the music of a telephone that holds.
    fn seat_on_the_road(&self, key: CallKey) -> media::Seat {
        let Some(member) = self.calls.conferences.member(key) else {
            return media::Seat::default();
        };
        let Seat {
            muted,
            deaf,
            gain_percent,
            coaches,
        } = member.seat;
        let pupil = coaches.map(|pupil| self.member_of_call(pupil, member.place));
        let gone = pupil.is_some_and(|pupil| pupil.is_none());
        media::Seat {
            muted: muted || gone || self.holds(key, member.leg),
            deaf,
            gain_percent,
            coaches: pupil.flatten().map(|pupil| pupil.endpoint),
        }
    }

    fn holds(&self, key: CallKey, leg: LegId) -> bool {
        let entry = self.calls.get(key);
        let mut legs = entry.into_iter().flat_map(|entry| entry.call.legs());
        legs.any(|view| view.id == leg && view.holding)
    }

    /// Tells the road what a member may.
    pub(super) fn reseat(&mut self, key: CallKey) {
        if let Some(id) = self
            .calls
            .conferences
            .member(key)
            .map(|member| member.endpoint)
        {
            let seat = self.seat_on_the_road(key);
            self.outbox.media.push(Command::Reseat { id, seat });
        }
    }

    /// Whom some coach has come.
    fn reseat_coaches_of(&mut self, pupil: CallId, place: Place) {
        let members = self.calls.conferences.of(place);
        let coaches = members.filter(|(_, member)| member.seat.coaches == Some(pupil));
        let coaches: Vec<CallKey> = coaches.map(|(key, _)| key).collect();
        for key in coaches {
            self.reseat(key);
        }
    }

    /// A restart should know of it.
    pub(super) fn keep_soon(&mut self, key: CallKey, now: Instant) {
        if let Some(entry) = self.calls.get_mut(key) {
            entry.dirty = true;
        }
        self.store_soon(key, now);
    }

    fn tell_of_conference(&mut self, key: CallKey, kind: EventKind, now: Instant) {
        let (Some(entry), Some(member)) = (self.calls.get(key), self.calls.conferences.member(key))
        else {
            return;
        };
        let (tenant, at) = member.place;
        let compiled = self.tenants.compiled(tenant);
        let extension = compiled.as_ref().and_then(|tenant| tenant.extension(at));
        let leg = member.leg.number();
        let party = entry.recorder.cdr().legs.get(usize::from(leg));
        let data = json!({
            "conference": extension.map(|found| found.number.to_string()),
            "party": party.map(|leg| &leg.party),
            "members": self.calls.conferences.count(member.place),
        });
        let of = (tenant, entry.call.id());
        let event = Event::of_call(of, kind, (leg, self.clock.wall(now)), data);
        self.outbox.events.push(event);
    }
}
