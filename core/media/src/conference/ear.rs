//! How a member hears: what everybody hears, or something of its own.

use super::outlet::{Outlet, Style};
use crate::format::Format;
use crate::transcoder::Made;

/// Frames for which a member goes on to hear something of its own when it could hear what everybody
/// does. What everybody hears has the member's own voice in it until then, and filters remember.
const LINGERS: u8 = 1;

/// One member's hearing.
#[derive(Debug)]
pub(super) struct Ear {
    /// What is made for it.
    pub(super) format: Format,
    style: Style,
    listens: bool,
    /// Frames since what it hears was last another thing than what everybody hears; `None`: it
    /// hears that.
    apart: Option<u8>,
    /// Made when it is needed for the first time.
    own: Option<Box<Outlet>>,
    seq: u16,
    ts: u32,
    /// Nothing was sent between the last packet and the next.
    gap: bool,
}

impl Ear {
    pub(super) fn new(format: Format, style: Style) -> Ear {
        Ear {
            format,
            style,
            listens: false,
            apart: None,
            own: None,
            seq: 0,
            ts: 0,
            gap: true,
        }
    }

    pub(super) fn style(&self) -> Style {
        self.style
    }

    pub(super) fn listens(&self) -> bool {
        self.listens
    }

    /// Whether it listens to the next frame. Whoever does not hears nothing of its own either.
    pub(super) fn listen(&mut self, listens: bool) {
        self.listens = listens;
        if !listens {
            self.apart = None;
        }
    }

    /// Whether it listens to what everybody hears.
    pub(super) fn hears_common(&self) -> bool {
        self.listens && self.apart.is_none()
    }

    /// It hears something of its own in this frame; false where that cannot be written.
    pub(super) fn part_from(&mut self, common: &Outlet) -> bool {
        if self.own.is_none() {
            self.own = Outlet::new(self.style).map(Box::new);
        }
        let Some(own) = &mut self.own else {
            return false;
        };
        if self.apart.is_none() {
            own.go_on_as(common);
        }
        self.apart = Some(0);
        true
    }

    /// It could hear what everybody hears in this frame; whether that has to be written for it all
    /// the same. Between two packets it passes over.
    pub(super) fn stays_apart_from(&mut self, common: &mut Outlet) -> bool {
        let (Some(since), Some(own)) = (self.apart, &self.own) else {
            return false;
        };
        if since >= LINGERS && own.is_empty() {
            common.welcome(own);
            self.apart = None;
            return false;
        }
        self.apart = Some(since.saturating_add(1));
        true
    }

    /// Takes a frame of its own, and gives the packets that are full by it.
    pub(super) fn write_own(
        &mut self,
        sound: &[i16],
        payload: &mut [u8],
        give: &mut impl FnMut(Made, &[u8]),
    ) {
        let Some(mut own) = self.own.take() else {
            return;
        };
        own.take(sound);
        while own.is_full() {
            let octets = own.write(payload);
            if let Some(made) = self.number(octets, own.units()) {
                give(made, payload.get(..octets).unwrap_or_default());
            }
        }
        self.own = Some(own);
    }

    /// The numbers of a packet of so many octets that lasts for so many units; `None` where it
    /// need not be sent.
    pub(super) fn number(&mut self, octets: usize, units: u32) -> Option<Made> {
        let ts = self.ts;
        self.ts = ts.wrapping_add(units);
        if octets == 0 {
            self.gap = true;
            return None;
        }
        let seq = self.seq;
        self.seq = seq.wrapping_add(1);
        Some(Made {
            octets,
            seq,
            ts,
            marker: std::mem::take(&mut self.gap),
        })
    }
}
