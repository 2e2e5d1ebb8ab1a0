//! The datagrams of a fax (UDPTL, ITU-T T.38 §9.1), between a machine and its line: numbers, and
//! packets once more against losses.

use media::{LINE_DATAGRAM, LINE_DATAGRAMS, Line};
use udptl::{Receiver, Sender};

use super::machine::{Ifp, Machine};

/// How many earlier packets each datagram carries once more, where they fit.
const REDUNDANCY: usize = 3;

/// One fax on datagrams.
pub(super) struct Wire {
    sender: Sender,
    receiver: Receiver,
}

impl Wire {
    /// One whose other end takes datagrams of so many octets.
    pub(super) fn within(longest: usize) -> Wire {
        Wire {
            sender: Sender::new(REDUNDANCY).within(longest),
            receiver: Receiver::new(),
        }
    }

    /// Gives the machine what has come by the line.
    ///
    /// # Errors
    /// In words, where the machine has broken down.
    pub(super) fn hear(&mut self, line: &Line, machine: &mut dyn Machine) -> Result<(), String> {
        let mut place = [0; LINE_DATAGRAM];
        let mut taken = Ok(());
        for _ in 0..LINE_DATAGRAMS {
            let Some(datagram) = line.receive(&mut place) else {
                break;
            };
            let read = self.receiver.take(datagram, |number, ifp| {
                if taken.is_ok() {
                    taken = machine.packet(number, ifp);
                }
            });
            // the road lets nothing else through
            debug_assert!(read.is_ok(), "{read:?}");
        }
        taken
    }

    /// Sends the machine's packets by the line. Those for which it has no room are lost, as others
    /// are on the way.
    pub(super) fn say(&mut self, line: &Line, packets: &[Ifp]) {
        for (ifp, copies) in packets {
            let Some(datagram) = self.sender.packet(ifp) else {
                continue;
            };
            for _ in 0..(*copies).max(1) {
                let _full = line.send(&datagram);
            }
        }
    }
}
