//! A registrar, a clock that is turned by hand, and requests as devices send them.

use crate::{Bound, ContactRequest, GruuKey, Limits, Outcome, Output, Registrar, Registration};
use ids::{DeviceId, TenantId};
use machine::{Instant, Random, WallTime};
use sip_message::Flow;
use std::net::SocketAddr;
use std::time::Duration;
use tenancy::TenantScope;

/// The wall clock's time at the beginning.
const MORNING: WallTime = WallTime::from_unix_ms(1_760_000_000_000);

pub(super) const HOUR: u64 = 3_600;

pub(super) fn scope_of(tenant: u128) -> TenantScope {
    TenantScope::for_job(TenantId::new(1, tenant), "test")
}

pub(super) fn device(n: u128) -> DeviceId {
    DeviceId::new(1, n)
}

fn server() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 5060))
}

/// A datagram flow from this port of a phone.
pub(super) fn udp(port: u16) -> Flow {
    Flow::udp(server(), SocketAddr::from(([198, 51, 100, 7], port)))
}

/// A connection from a phone.
pub(super) fn tcp(connection: u64) -> Flow {
    let remote = SocketAddr::from(([198, 51, 100, 7], 40_000));
    Flow::tcp(server(), remote, connection)
}

pub(super) fn contact(uri: &str) -> ContactRequest<'_> {
    ContactRequest {
        uri,
        ..ContactRequest::default()
    }
}

/// A REGISTER with these contacts and nothing else of note.
pub(super) fn request<'a>(cseq: u32, uris: &[&'a str]) -> Registration<'a> {
    Registration {
        call_id: "call@phone",
        cseq,
        contacts: uris.iter().map(|uri| contact(uri)).collect(),
        star: false,
        expires: None,
        path: Vec::new(),
        user_agent: "phone/1",
        flow: udp(5060),
        former_until: None,
    }
}

/// `Contact: *` with `Expires: 0`.
pub(super) fn star(cseq: u32) -> Registration<'static> {
    Registration {
        star: true,
        expires: Some(0),
        ..request(cseq, &[])
    }
}

pub(super) struct Scene {
    pub(super) registrar: Registrar,
    pub(super) out: Vec<Output>,
    random: Random,
    now: Instant,
}

impl Scene {
    pub(super) fn new() -> Scene {
        Scene::with(Limits::default())
    }

    pub(super) fn with(limits: Limits) -> Scene {
        Scene {
            registrar: Registrar::new(limits, GruuKey::new([7; 32])),
            out: Vec::new(),
            random: Random::from_seed(1),
            now: Instant::from_secs(100),
        }
    }

    pub(super) fn now(&self) -> Instant {
        self.now
    }

    pub(super) fn wall(&self) -> WallTime {
        MORNING + self.now.saturating_since(Instant::ZERO)
    }

    /// Lets seconds pass and bindings end.
    pub(super) fn after(&mut self, seconds: u64) -> &mut Scene {
        self.now += Duration::from_secs(seconds);
        self.registrar.expire(self.now, &mut self.out);
        self
    }

    /// The first device of the first tenant asks; its outputs replace those before.
    pub(super) fn ask(&mut self, request: &Registration<'_>) -> Outcome {
        self.ask_as(&scope_of(1), device(1), request)
    }

    pub(super) fn ask_as(
        &mut self,
        scope: &TenantScope,
        device: DeviceId,
        request: &Registration<'_>,
    ) -> Outcome {
        self.out.clear();
        let (now, wall) = (self.now, self.wall());
        let (random, out) = (&mut self.random, &mut self.out);
        self.registrar
            .register(scope, device, request, now, wall, random, out)
    }

    /// Where the first device of the first tenant can be reached, best first.
    pub(super) fn reached(&self) -> Vec<String> {
        let bindings = self.registrar.bindings(&scope_of(1), device(1));
        bindings.iter().map(|b| b.contact.to_string()).collect()
    }

    /// Whether the last act changed where somebody can be reached.
    pub(super) fn changed(&self) -> bool {
        let changes = |output: &Output| matches!(output, Output::Changed { .. });
        self.out.iter().any(changes)
    }
}

/// A 200 that names these contacts with these seconds left.
pub(super) fn bound(contacts: &[(&str, u64)]) -> Outcome {
    let list = contacts.iter().map(|(uri, left)| Bound {
        contact: (*uri).into(),
        seconds: *left,
        instance: None,
        reg_id: None,
    });
    Outcome::Bound(list.collect())
}
