//! The two streams of a leg: what comes from its peer and what goes to it.

use std::time::Duration;

use machine::{Instant, Random, TimerHandle};
use rtp::rtcp::{ReferenceAnswer, ReportBlock, VoipMetrics};
use rtp::{Arrival, Continuity, EventEnds, HEADER_BYTES, Header, Receiver};

use super::gauge::Gauge;
use super::own_reports::OwnReports;
use super::reports::Reports;
use super::score::{Quality, share};
use crate::figures::StreamFigures;
use crate::format::{COMFORT_NOISE, Codec, Format};
use crate::second::Second;

/// Clock rate taken where none is known, hertz.
const USUAL_CLOCK: u32 = 8000;

/// What comes from the peer. What each packet changes lies together.
#[derive(Debug)]
#[repr(C, align(64))]
pub(super) struct Inflow {
    receiver: Receiver,
    pub(super) last: Option<Instant>,
    /// The last packet was comfort noise: it may keep quiet for a while.
    pub(super) rests: bool,
    octets: u64,
    /// The format of the last packet that was sound; for quality, and to save looking it up.
    format: Option<Format>,
    pub(super) gauge: Gauge,
    pub(super) events: EventEnds,
    pub(super) event_timer: Option<TimerHandle>,
    pub(super) strangers: u32,
    pub(super) refused: u32,
    pub(super) rtcp: u32,
    pub(super) digits: u32,
    /// Frames made up on the way into another codec.
    pub(super) concealed: u64,
    /// Datagrams of a fax.
    pub(super) faxed: u64,
    pub(super) refresh: Refresh,
}

/// Questions for a whole picture to whoever makes a video.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Refresh {
    /// It is about to be asked.
    pub(super) timer: Option<TimerHandle>,
    /// When it was asked last.
    pub(super) asked: Option<Instant>,
}

impl Inflow {
    pub(super) fn new() -> Inflow {
        Inflow {
            receiver: Receiver::new(USUAL_CLOCK),
            events: EventEnds::new(),
            event_timer: None,
            last: None,
            rests: false,
            octets: 0,
            format: None,
            strangers: 0,
            refused: 0,
            rtcp: 0,
            digits: 0,
            concealed: 0,
            faxed: 0,
            gauge: Gauge::default(),
            refresh: Refresh::default(),
        }
    }

    /// Reads something of each line that a packet of the peer needs.
    pub(super) fn touch(&self) -> u64 {
        let receiver = u64::from(self.receiver.ssrc().is_some());
        let gauge = u64::from(self.gauge.is_listening());
        self.octets + u64::from(self.format.is_some()) + receiver + gauge
    }

    /// Packets that came.
    pub(super) fn received(&self) -> u64 {
        self.receiver.received()
    }

    /// What is reported of it to its sender.
    pub(super) fn report(&mut self) -> Option<ReportBlock> {
        self.receiver.report()
    }

    /// How it has come so far, as its sender is told who wants to know it. No jitter buffer is
    /// behind it here, so nothing of it is thrown away (RFC 3611 §4.7.1).
    pub(super) fn voip_metrics(&self, round_trip: Option<Duration>) -> Option<VoipMetrics> {
        let mut metrics = self.receiver.voip_metrics()?;
        let trip = round_trip.unwrap_or_default();
        metrics.round_trip_ms = u16::try_from(trip.as_millis()).unwrap_or(u16::MAX);
        metrics.scores = self.quality(trip / 2).scores();
        Some(metrics)
    }

    /// The stream it is, once something came.
    pub(super) fn ssrc(&self) -> Option<u32> {
        self.receiver.ssrc()
    }

    /// Counts a packet of the peer.
    pub(super) fn take(
        &mut self,
        header: &Header,
        octets: usize,
        format: Option<Format>,
        now: Instant,
    ) -> Arrival {
        self.rests = header.pt == COMFORT_NOISE
            || format.is_some_and(|format| format.codec == Codec::Comfort);
        if let Some(format) = format {
            match format.codec {
                // Their clock may differ from that of the sound they accompany.
                Codec::Event | Codec::Comfort => {}
                Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::Opus | Codec::Other(_) => {
                    if self.format != Some(format) {
                        self.receiver.set_clock(format.clock);
                        self.format = Some(format);
                    }
                }
            }
        }
        self.last = Some(now);
        self.octets += u64::try_from(octets).unwrap_or(0);
        let arrival = self.receiver.receive(header, now);
        self.gauge.note(arrival);
        arrival
    }

    /// The format of the last sound if it has this payload number.
    pub(super) fn format_of(&self, payload: u8) -> Option<Format> {
        self.format.filter(|format| format.payload == payload)
    }

    /// Its clock, hertz.
    pub(super) fn clock(&self) -> u32 {
        self.format.map_or(USUAL_CLOCK, |format| format.clock)
    }

    /// The second that ends now; `None` where nothing came and nothing was awaited. A packet
    /// takes `delay` on its way, as far as that is known.
    pub(super) fn second(&mut self, awaited: bool, delay: Duration) -> Option<Second> {
        let seen = self.receiver.statistics();
        let sound = (self.format, delay);
        self.gauge.second(&seen, self.concealed, awaited, sound)
    }

    /// How it was from its begin, a packet taking so long on its way.
    fn quality(&self, delay: Duration) -> Quality {
        let seen = self.receiver.statistics();
        Quality {
            format: self.format,
            loss: seen.loss(),
            burst_ratio: seen.burst_ratio(),
            jitter: seen.jitter_time(),
            delay,
        }
    }

    pub(super) fn figures(&self) -> StreamFigures {
        let seen = self.receiver.statistics();
        let quality = self.quality(Duration::ZERO);
        StreamFigures {
            packets: seen.received,
            octets: self.octets,
            lost: seen.lost,
            jitter_us: micros(quality.jitter),
            mos_centi: if seen.received == 0 { 0 } else { quality.mos() },
        }
    }
}

/// What goes to the peer. What each packet changes lies together.
#[derive(Debug)]
#[repr(C, align(64))]
pub(super) struct Outflow {
    pub(super) continuity: Continuity,
    packets: u64,
    octets: u64,
    format: Option<Format>,
    /// Something meant for it was not sent: the next packet begins anew, as if from another
    /// source, so that the peer does not take the gap for loss.
    pub(super) paused: bool,
    /// Packets made of those in another codec.
    pub(super) transcoded: u64,
    /// Datagrams of a fax.
    pub(super) faxed: u64,
    /// As the peer's last report says.
    lost: u64,
    jitter: u32,
    pub(super) reports: Reports,
    pub(super) own_reports: OwnReports,
}

impl Outflow {
    /// A stream of random numbers (RFC 3550 §5.1), the first below 2^15: were it to roll over
    /// before its peer has heard any of it, the two would count apart where it is protected
    /// (RFC 3711 §3.3.1).
    pub(super) fn new(random: &mut Random) -> Outflow {
        let [a, b, c, d, e, f, g, h] = random.next_u64().to_be_bytes();
        let [i, j, ..] = random.next_u64().to_be_bytes();
        let ssrc = u32::from_be_bytes([a, b, c, d]);
        let seq = u16::from_be_bytes([i, j]) & 0x7fff;
        let ts = u32::from_be_bytes([e, f, g, h]);
        Outflow {
            continuity: Continuity::new(ssrc, seq, ts),
            paused: false,
            transcoded: 0,
            faxed: 0,
            packets: 0,
            octets: 0,
            format: None,
            lost: 0,
            jitter: 0,
            reports: Reports::new(seq),
            own_reports: OwnReports::new(random),
        }
    }

    /// Reads something of each line that a packet to the peer needs.
    pub(super) fn touch(&self) -> u64 {
        let numbers = self.continuity.highest() ^ self.continuity.ssrc();
        let sent = u64::from(self.continuity.sent_at().is_some());
        self.octets + u64::from(numbers) + sent + u64::from(self.paused)
    }

    /// Another source than before feeds it from now on.
    pub(super) fn change_source(&mut self) {
        self.continuity.switch();
        self.paused = false;
    }

    /// Goes on after a pause, if there was one: called before a packet gets its numbers.
    pub(super) fn resume(&mut self) {
        if self.paused {
            self.change_source();
        }
    }

    /// Counts a packet that is sent.
    pub(super) fn count(&mut self, octets: usize, format: Option<Format>) {
        self.packets += 1;
        self.octets += u64::try_from(octets).unwrap_or(0);
        if format.is_some() {
            self.format = format;
        }
    }

    /// Packets that were sent.
    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    /// Octets of them without their headers.
    pub(super) fn payload_octets(&self) -> u64 {
        let headers = u64::try_from(HEADER_BYTES).unwrap_or(0) * self.packets;
        self.octets.saturating_sub(headers)
    }

    /// Takes note of what the peer says of the stream.
    pub(super) fn reported(&mut self, block: &ReportBlock, now: Instant) {
        if block.ssrc == self.continuity.ssrc() {
            self.lost = u64::try_from(block.cumulative_lost).unwrap_or(0);
            self.jitter = block.jitter;
            let counts = (self.continuity.highest(), self.packets);
            self.reports.note(block, counts, now);
        }
    }

    /// Takes note of how the peer hears the stream by its own account.
    pub(super) fn heard(&mut self, metrics: &VoipMetrics) {
        if metrics.ssrc == self.continuity.ssrc() {
            self.reports.listens(metrics);
        }
    }

    /// Takes note of the peer's answer to a time that it was asked by.
    pub(super) fn answered(&mut self, answer: &ReferenceAnswer, now: Instant) {
        if answer.ssrc == self.continuity.ssrc() {
            self.reports.answered(answer.last, answer.delay_since, now);
        }
    }

    /// What the peer has reported in the second that ends now.
    pub(super) fn second(&mut self) -> Option<Second> {
        let clock = self.clock();
        self.reports.second(self.format, clock)
    }

    /// The clock of what is sent, hertz.
    fn clock(&self) -> u32 {
        let clock = self.format.map_or(USUAL_CLOCK, |format| format.clock);
        clock.max(1)
    }

    pub(super) fn figures(&self) -> StreamFigures {
        let nanos = u64::from(self.jitter) * 1_000_000_000 / u64::from(self.clock());
        let jitter = Duration::from_nanos(nanos);
        let lost = self.lost.min(self.packets);
        let quality = Quality {
            format: self.format,
            loss: share(lost, self.packets),
            burst_ratio: 1.0,
            jitter,
            delay: Duration::ZERO,
        };
        StreamFigures {
            packets: self.packets,
            octets: self.octets,
            lost,
            jitter_us: micros(jitter),
            mos_centi: if self.packets == 0 { 0 } else { quality.mos() },
        }
    }
}

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}
