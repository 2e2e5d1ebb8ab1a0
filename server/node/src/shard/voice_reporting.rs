//! What telephones tell of how their calls sounded (RFC 6035), by PUBLISH or by a NOTIFY that
//! nobody has subscribed to: kept with the leg that it is about.
//!
//! Whoever tells it is proved as a caller is, and tells of legs of its own alone.

use super::Shard;
use super::admission::Admitted;
use super::deadlines::Wake;
use crate::calls::CallKey;
use crate::ended_legs::{ENDED_LEG_KEPT, EndedLeg};
use crate::legs;
use domain::{LateReport, PhoneReport, PhoneReportKind};
use event_package::{BadVoiceReport, VoiceReport, VoiceReportKind};
use ids::DeviceId;
use machine::{Instant, WallTime};
use sip_message::{Flow, Message, Name};
use sip_stack::transaction::ServerKey;

impl Shard {
    /// Whether a request is of this event package.
    pub(super) fn is_voice_report(message: &Message) -> bool {
        let event = message.header(Name::Event).unwrap_or_default();
        let name = event.split(';').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case(VoiceReport::EVENT)
    }

    /// A telephone tells how a call sounded.
    pub(super) fn voice_report(
        &mut self,
        key: ServerKey,
        flow: Flow,
        message: &Message,
        now: Instant,
    ) {
        let Some(admitted) = self.admit(key, flow, message, now) else {
            return;
        };
        let kind = message.header(Name::ContentType).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(VoiceReport::MEDIA_TYPE) {
            return self.refuse(key, message, 415, now);
        }
        let report = match VoiceReport::read(message.body()) {
            Ok(report) => report,
            Err(bad) => return self.refuse_voice_report(key, message, bad, now),
        };
        if !self.keep_voice_report(&admitted, &report, now) {
            return self.refuse(key, message, 404, now);
        }
        self.figures.heard.voice_reports += 1;
        let tag = self.random.token(16);
        let mut answer = self.sip.transactions.response(key, message, 200);
        // nothing lasts that could be refreshed or taken back (RFC 3903 §4.1)
        answer.text(Name::SipEtag, &tag).header(Name::Expires, 0);
        let bytes = answer.finish();
        self.sip.transactions.respond(key, bytes, 200, now);
    }

    fn refuse_voice_report(
        &mut self,
        key: ServerKey,
        message: &Message,
        bad: BadVoiceReport,
        now: Instant,
    ) {
        let text = format!("line {}: {}", bad.line, bad.rule);
        let warning = format!("399 strowger \"{text}\"");
        let mut answer = self.sip.transactions.response(key, message, 400);
        answer.text(Name::Warning, &warning);
        let bytes = answer.finish();
        self.sip.transactions.respond(key, bytes, 400, now);
    }

    /// Keeps a report with its leg; whether there is such a leg of that telephone's.
    fn keep_voice_report(
        &mut self,
        admitted: &Admitted,
        report: &VoiceReport,
        now: Instant,
    ) -> bool {
        let tenant = admitted.scope.tenant();
        let kept = kept(report, self.clock.wall(now));
        if let Some((key, leg)) = self.live_leg_of(admitted.device, &report.call_id) {
            let call = self.calls.get_mut(key).filter(|call| call.tenant == tenant);
            return call.is_some_and(|call| call.recorder.reported(leg, kept));
        }
        let ended = &self.calls.ended_legs;
        let Some(ended) = ended.find(tenant, admitted.device, &report.call_id) else {
            return false;
        };
        let EndedLeg { call, cdr, leg, .. } = *ended;
        // its call may go on without it
        let key = self.calls.key_of(call);
        if let Some(call) = key.and_then(|key| self.calls.get_mut(key)) {
            return call.recorder.reported(leg, kept);
        }
        self.outbox.late.reports.push(LateReport {
            tenant,
            cdr,
            leg,
            report: kept,
        });
        true
    }

    /// The leg that a telephone has in a dialog.
    fn live_leg_of(&self, device: DeviceId, sip_call_id: &str) -> Option<(CallKey, u8)> {
        let legs = self.legs.of_device(device).into_iter();
        let mut legs = legs.filter_map(|owner| self.legs.get(owner));
        let leg = legs.find(|leg| leg.call_id == sip_call_id)?;
        Some((leg.call, leg.sip.leg().number()))
    }

    /// A leg has ended, of which its telephone may yet tell.
    pub(super) fn remember_ended(&mut self, entry: &legs::Entry, now: Instant) {
        let (Some(device), Some(call)) = (entry.device, self.calls.get(entry.call)) else {
            return;
        };
        let (leg, record) = (entry.sip.leg().number(), call.recorder.cdr());
        let known = record.legs.get(usize::from(leg));
        if known.is_none_or(|leg| leg.answered_at.is_none()) {
            return;
        }
        let ended = EndedLeg {
            device,
            sip_call_id: entry.call_id.clone(),
            call: call.call.id(),
            cdr: record.id,
            leg,
        };
        let tenant = call.tenant;
        if self.calls.ended_legs.note(tenant, ended, now) {
            self.timers.arm(now + ENDED_LEG_KEPT, Wake::EndedLegs);
        }
    }

    /// Forgets legs that ended too long ago.
    pub(super) fn sweep_ended_legs(&mut self, now: Instant) {
        if let Some(due) = self.calls.ended_legs.sweep(now) {
            self.timers.arm(due, Wake::EndedLegs);
        }
    }
}

/// A report as it is kept.
fn kept(report: &VoiceReport, at: WallTime) -> PhoneReport {
    let metrics = &report.metrics;
    PhoneReport {
        kind: match report.kind {
            VoiceReportKind::Session => PhoneReportKind::Session,
            VoiceReportKind::Interval => PhoneReportKind::Interval,
            VoiceReportKind::Alert => PhoneReportKind::Alert,
        },
        at,
        loss_permille: metrics.loss_permille,
        discard_permille: metrics.discard_permille,
        burst_permille: metrics.bursts.density_permille,
        burst_ms: metrics.bursts.length_ms,
        round_trip_ms: metrics.delays.round_trip_ms,
        end_system_ms: metrics.delays.end_system_ms,
        jitter_ms: metrics.delays.jitter_ms,
        listening_mos_x100: metrics.listening_x100,
        conversation_mos_x100: metrics.conversation_x100,
    }
}
