//! The way of a leg's sound, where its peer agrees on keys over it.

use std::fmt;
use std::net::SocketAddr;

use machine::{Instant, Machine};
use sdp::IceCredentials;
use webrtc::{Handshake, Identity, Input, Output, Place, Transport, Ways};

use crate::association::Association;

/// The transport of one leg, as far as its descriptions want one.
#[derive(Default)]
pub(crate) struct Way {
    course: Option<Box<Course>>,
}

/// One association under way.
struct Course {
    number: u32,
    credentials: IceCredentials,
    described: bool,
    /// Where we seek the peer, if it answers only.
    ways: Option<Ways>,
    transport: Transport<Box<dyn Handshake + Send>>,
}

impl Way {
    /// Brings the transport in line with what the descriptions say.
    pub(crate) fn follow(
        &mut self,
        (association, place): (Option<&Association>, Option<Place>),
        identity: &dyn Identity,
        now: Instant,
        out: &mut Vec<Output>,
    ) {
        let Some((association, credentials)) =
            association.and_then(|said| said.credentials().map(|words| (said, words)))
        else {
            self.course = None;
            return;
        };
        let number = association.number();
        if self.course.as_ref().is_none_or(|it| it.number != number) {
            self.course = Some(Box::new(Course {
                number,
                credentials: credentials.clone(),
                described: false,
                ways: None,
                transport: Transport::new(credentials.clone(), identity.handshake()),
            }));
        }
        let Some(course) = &mut self.course else {
            return;
        };
        if course.credentials != *credentials {
            course.credentials = credentials.clone();
            let restarted = Input::Restarted(credentials.clone());
            course.transport.handle(restarted, now, out);
        }
        if let Some(place) = place {
            course.transport.handle(Input::Unchecked(place), now, out);
        }
        if !course.described
            && let Some(peer) = association.peer()
        {
            course.described = true;
            course.transport.handle(Input::Described(peer), now, out);
        }
        let ways = association.ways();
        if course.ways != ways {
            course.ways.clone_from(&ways);
            if let Some(ways) = ways {
                course.transport.handle(Input::Waits(ways), now, out);
            }
        }
    }

    /// A datagram of STUN or DTLS has come for the leg.
    pub(crate) fn take(
        &mut self,
        from: SocketAddr,
        octets: Vec<u8>,
        now: Instant,
        out: &mut Vec<Output>,
    ) {
        if let Some(course) = &mut self.course {
            let datagram = Input::Datagram { from, octets };
            course.transport.handle(datagram, now, out);
        }
    }

    /// When it wants to be woken.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let course = self.course.as_ref()?;
        Some(course.transport.deadline()?.at)
    }

    /// Does what is due.
    pub(crate) fn expire(&mut self, now: Instant, out: &mut Vec<Output>) {
        if let Some(course) = &mut self.course {
            course.transport.expire(now, out);
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.course.as_ref().map(|course| course.number);
        f.debug_struct("Way").field("number", &number).finish()
    }
}
