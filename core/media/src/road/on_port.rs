//! The legs of each local port, in a list through the legs themselves. Only packets from new
//! sources look through it.

use super::leg::Leg;

/// Heads of the lists: a leg's slot plus one, by half the RTP port; 0 = none.
#[derive(Debug)]
pub(super) struct OnPort {
    v4: Vec<u32>,
    v6: Vec<u32>,
}

/// RTP ports there are: they are even.
const PORTS: usize = 32_768;

impl OnPort {
    pub(super) fn new() -> OnPort {
        OnPort {
            v4: vec![0; PORTS],
            v6: vec![0; PORTS],
        }
    }

    /// The youngest leg of a port; each leg names the next.
    pub(super) fn head(&self, v4: bool, rtp_port: u16) -> Option<u32> {
        let heads = if v4 { &self.v4 } else { &self.v6 };
        heads.get(usize::from(rtp_port / 2))?.checked_sub(1)
    }

    fn set_head(&mut self, v4: bool, rtp_port: u16, slot: Option<u32>) {
        let heads = if v4 { &mut self.v4 } else { &mut self.v6 };
        if let Some(head) = heads.get_mut(usize::from(rtp_port / 2)) {
            *head = slot.and_then(|slot| slot.checked_add(1)).unwrap_or(0);
        }
    }

    /// The legs of a port, the youngest first, at most so many.
    pub(super) fn of<'a>(
        &self,
        legs: &'a [Option<Box<Leg>>],
        v4: bool,
        rtp_port: u16,
        most: u16,
    ) -> impl Iterator<Item = u32> + use<'a> {
        let next = |slot: &u32| get(legs, *slot).and_then(|leg| leg.entries.next_on_port);
        std::iter::successors(self.head(v4, rtp_port), next).take(usize::from(most))
    }

    /// Puts a leg at the head of its port's list.
    pub(super) fn add(&mut self, legs: &mut [Option<Box<Leg>>], slot: u32) {
        let Some(leg) = get_mut(legs, slot) else {
            return;
        };
        let (v4, port) = (leg.local.ip.is_ipv4(), leg.local.rtp);
        leg.entries.next_on_port = self.head(v4, port);
        self.set_head(v4, port, Some(slot));
    }

    /// Takes a leg out of its port's list.
    pub(super) fn remove(&mut self, legs: &mut [Option<Box<Leg>>], slot: u32) {
        let Some(leg) = get_mut(legs, slot) else {
            return;
        };
        let (v4, port, after) = (
            leg.local.ip.is_ipv4(),
            leg.local.rtp,
            leg.entries.next_on_port.take(),
        );
        if self.head(v4, port) == Some(slot) {
            self.set_head(v4, port, after);
            return;
        }
        let mut at = self.head(v4, port);
        while let Some(before) = at.and_then(|at| get_mut(legs, at)) {
            if before.entries.next_on_port == Some(slot) {
                before.entries.next_on_port = after;
                return;
            }
            at = before.entries.next_on_port;
        }
    }
}

fn get(legs: &[Option<Box<Leg>>], slot: u32) -> Option<&Leg> {
    legs.get(usize::try_from(slot).ok()?)?.as_deref()
}

fn get_mut(legs: &mut [Option<Box<Leg>>], slot: u32) -> Option<&mut Leg> {
    legs.get_mut(usize::try_from(slot).ok()?)?.as_deref_mut()
}
