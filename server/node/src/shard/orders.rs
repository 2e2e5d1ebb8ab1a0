//! Carrying out what calls order: of legs, of media, of routing, of the record.

use super::entertaining::Music;
use super::{Shard, Work};
use crate::calls::CallKey;
use call::{CallEvent, Input, LegId, MediaOrder, Output, Prompt, What};
use machine::Instant;
use media::Command;
use routing::{Purpose, Reason, RouteRequest};
use std::borrow::Cow;

impl Shard {
    /// Carries out a call's outputs, in order.
    pub(crate) fn follow(&mut self, key: CallKey, outputs: Vec<Output>, now: Instant) {
        self.turn.current = Some(key);
        let (mut over, mut joined) = (false, false);
        for output in outputs {
            joined |= joins(&output);
            match output {
                Output::Leg(leg, order) => self.leg_order(key, leg, order, now),
                Output::Media(order) => self.media_order(key, order, now),
                Output::Route { token, request } => self.route(key, token, &request, now),
                Output::Event(event) => self.call_event(key, &event),
                Output::Over => over = true,
            }
        }
        if joined && !over {
            self.record(key, now);
        }
        // The journal's first word names the legs, and the last one leaves nothing unsaid: media
        // may sum up, and the record close, before the last leg is gone.
        let new = self.calls.get(key).is_some_and(|e| !e.recorder.is_begun());
        if new || over {
            self.note_all_details(key);
        }
        self.note_lines(key);
        if let Some(entry) = self.calls.get_mut(key) {
            entry.recorder.settle(self.stores.journal.as_mut());
        }
        if over {
            self.call_over(key, now);
        } else {
            self.store_soon(key, now);
        }
        self.rearm_call(key);
    }

    pub(super) fn call_event(&mut self, key: CallKey, event: &CallEvent) {
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        let journal = self.stores.journal.as_mut();
        let news = entry.recorder.event(event, &self.clock, journal);
        self.outbox.events.extend(news);
        self.note_explained(key, event.at);
        self.note_toll(key, event);
        self.note_talk(key, event);
        self.note_one_way(event);
        self.listen_for_answer(key, event);
        if matches!(event.what, What::Held(_) | What::Resumed(_)) {
            self.reseat(key);
        }
        if let What::Held(leg) = event.what {
            self.hold_for_server(key, leg, true, event.at);
        } else if let What::Resumed(leg) = event.what {
            self.hold_for_server(key, leg, false, event.at);
        }
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        if matches!(event.what, What::Answered(_)) {
            // nothing goes out any more that they would go along with
            entry.brought.proofs = Vec::new();
        }
        // a party it is sent on to, now or later, is not asked to answer by itself
        entry.brought.intercom &= !matches!(event.what, What::Answered(_) | What::Diverted(_));
        entry.dirty |= match event.what {
            What::Answered(_)
            | What::AnsweredBy { .. }
            | What::Held(_)
            | What::Resumed(_)
            | What::WentToFax(_)
            | What::WentToSound(_)
            | What::TransferCompleted { .. }
            | What::LegClosed { .. } => true,
            What::Opened { .. }
            | What::Explained(_)
            | What::LegOpened { .. }
            | What::Ringing(_)
            | What::AnsweredBeside(_)
            | What::Diverted(_)
            | What::TransferRequested { .. }
            | What::TransferFailed { .. }
            | What::FellSilent { .. }
            | What::HeardAgain(_)
            | What::Beeped(_)
            | What::MergedInto(_)
            | What::Ended(_) => false,
        };
    }

    /// Has it listened who has answered a leg, where that is asked for.
    fn listen_for_answer(&mut self, key: CallKey, event: &CallEvent) {
        let What::Answered(leg) = event.what else {
            return;
        };
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let by = entry
            .call
            .leg(leg)
            .and_then(|(party, _)| party.trunk.as_ref());
        if by.is_some_and(|by| by.answerer.is_some()) {
            let sip = entry.owner(leg).and_then(|owner| self.legs.get(owner));
            if let Some(id) = sip.map(|leg| leg.sip.sound().endpoint()) {
                self.outbox.media.push(Command::ListenForAnswer { id });
            }
        }
    }

    /// Says in a call's record why something is as it is.
    pub(super) fn explain(
        &mut self,
        key: CallKey,
        rule: &'static str,
        because: String,
        now: Instant,
    ) {
        let rule = Cow::Borrowed(rule);
        let what = What::Explained(Reason { rule, because });
        self.call_event(key, &CallEvent { at: now, what });
    }

    fn media_order(&mut self, key: CallKey, order: MediaOrder, now: Instant) {
        if !matches!(order, MediaOrder::Attend(..)) {
            self.leave_conference(key, now);
        }
        if !matches!(order, MediaOrder::Fax(..)) {
            self.end_fax(key);
        }
        self.fall_silent(key);
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let endpoint = |leg: LegId| {
            let owner = entry.owner(leg)?;
            Some(self.legs.get(owner)?.sip.sound().endpoint())
        };
        match order {
            MediaOrder::Bridge(a, b) => {
                if let (Some(a), Some(b)) = (endpoint(a), endpoint(b)) {
                    self.outbox.media.push(Command::Stop { id: a });
                    self.outbox.media.push(Command::Stop { id: b });
                    self.outbox.media.push(Command::Bridge { a, b });
                }
            }
            MediaOrder::Fax(leg, at) => self.fax(key, (leg, at), now),
            MediaOrder::Attend(leg, at) => self.attend(key, (leg, at), None, now),
            MediaOrder::Echo(leg) => {
                if let Some(id) = endpoint(leg) {
                    self.outbox.media.push(Command::Unbridge { id });
                    self.outbox.media.push(Command::Echo { id });
                }
            }
            MediaOrder::Play(leg, prompt) => {
                let owner = entry.owner(leg);
                if let Some(id) = endpoint(leg) {
                    self.outbox.media.push(Command::Unbridge { id });
                }
                let book = self.config.prompts;
                let music = (prompt == Prompt::Music).then(|| self.own_music(key, leg, now));
                if let Some(owner) = owner {
                    self.with_leg(owner, now, |sip, desk, _| match music.flatten() {
                        Some(Music::Station(station)) => sip.tune(station, desk),
                        Some(Music::Recording(own)) => sip.play_own(own, true, desk),
                        None => sip.play(prompt, &book, desk),
                    });
                }
            }
            MediaOrder::Say(leg, spoken) => {
                if let Some(id) = endpoint(leg) {
                    self.outbox.media.push(Command::Unbridge { id });
                }
                self.say(key, leg, spoken, now);
            }
            MediaOrder::Silence(leg) => {
                if let Some(id) = endpoint(leg) {
                    self.outbox.media.push(Command::Stop { id });
                    self.outbox.media.push(Command::Unbridge { id });
                }
            }
        }
    }

    fn route(&mut self, key: CallKey, token: u16, request: &RouteRequest, now: Instant) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let scope = entry.call.scope().clone();
        let Some(tenant) = self.tenants.compiled(scope.tenant()) else {
            return;
        };
        if request.purpose == Purpose::Forward {
            // a way out that was tried before came to nothing
            let talks = entry.recorder.cdr().answered_at.is_some();
            self.tenants.budgets.begins_anew(key, talks);
        }
        let plan = self.guarded_plan(key, (&scope, &tenant), request, now);
        self.turn
            .work
            .push_back(Work::Input(key, Input::Routed { token, plan }));
    }
}

/// Whether two parties may talk with each other by it who did not before.
fn joins(output: &Output) -> bool {
    match output {
        Output::Media(MediaOrder::Bridge(..)) => true,
        Output::Event(event) => matches!(event.what, What::Answered(_)),
        Output::Media(
            MediaOrder::Attend(..)
            | MediaOrder::Fax(..)
            | MediaOrder::Echo(_)
            | MediaOrder::Play(..)
            | MediaOrder::Say(..)
            | MediaOrder::Silence(_),
        )
        | Output::Leg(..)
        | Output::Route { .. }
        | Output::Over => false,
    }
}
