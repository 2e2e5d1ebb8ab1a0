//! A call's orders to its legs: the way to a device, a new INVITE, and all that comes after it.

use super::Shard;
use super::plan::FIXED;
use crate::calls::{CallKey, Entry};
use call::{LegFact, LegId, LegOrder};
use ids::{DeviceId, TrunkId};
use machine::Instant;
use registrar::Binding;
use sdp::Description;
use sip_leg::{Askings, Course, Desk, Dial, Diverted, Identity, SipLeg, Sound, answer_headers};
use sip_message::{Flow, Name, NameAddr, Transport, escape_user};
use sip_stack::dialog::next_hop;
use sip_stack::usage::Hop;
use tenancy::TenantScope;

/// How a device's contact is reached.
pub(crate) struct Way {
    pub(crate) uri: String,
    pub(crate) routes: Vec<String>,
    pub(crate) flow: Flow,
    /// What the device calls itself; empty where it never said.
    pub(crate) agent: String,
}

impl Shard {
    pub(crate) fn leg_order(&mut self, key: CallKey, leg: LegId, order: LegOrder, now: Instant) {
        if let LegOrder::Dial {
            device,
            slot,
            offer,
            number,
            display,
        } = order
        {
            let caller = (number.as_str(), display.as_str());
            return match self.dial_of(key, leg, (device, slot), caller, offer) {
                Some(dial) => self.dial(key, dial, now),
                None => {
                    let gone = LegFact::Unreachable(call::Unreachable::Transport);
                    self.leg_failed(key, leg, gone);
                }
            };
        }
        if let LegOrder::DialTrunk { attempt, offer } = order {
            return self.call_out(key, leg, attempt, offer, now);
        }
        let Some(owner) = self.calls.get(key).and_then(|entry| entry.owner(leg)) else {
            return;
        };
        let offers = matches!(order, LegOrder::ReofferLocally(_));
        if offers || matches!(order, LegOrder::AnswerLocally(_)) {
            self.move_to_conference(key, leg, offers, now);
        }
        self.with_leg(owner, now, |sip, desk, reports| {
            sip.order(order, desk, reports)
        });
    }

    /// What is dialled to reach a device by one of its contacts; nothing when it has none.
    fn dial_of(
        &mut self,
        key: CallKey,
        leg: LegId,
        (device, slot): (DeviceId, u8),
        (number, display): (&str, &str),
        offer: Option<Description>,
    ) -> Option<Dial> {
        let scope = self.calls.get(key)?.call.scope().clone();
        let mut ways = self.ways_to(&scope, device, slot).into_iter();
        let way = ways.next()?;
        let further = ways.map(|way| self.hop(way)).collect();
        let entry = self.calls.get(key)?;
        let tenant = self.tenants.compiled(scope.tenant());
        let domain = tenant.as_ref().map_or("", |tenant| tenant.domain());
        let to = entry.call.leg(leg).map_or("", |(party, _)| &party.number);
        let identity = |number, display| {
            Identity {
                number,
                display,
                domain,
            }
            .value()
        };
        let mut headers = if entry.brought.intercom {
            answer_headers(&way.agent, domain)
        } else {
            Vec::new()
        };
        if entry.call.is_beside(leg) {
            // RFC 3261 §20.26
            headers.push((Name::Priority, "emergency".to_owned()));
        }
        headers.extend(self.diversions_to(entry, to, domain));
        headers.extend(verified(entry, number, domain));
        let habits = tenant.as_ref().and_then(|tenant| tenant.habits());
        let shown = habits.map_or_else(|| number.to_owned(), |habits| habits.shown(number));
        Some(Dial {
            leg,
            uri: way.uri,
            from: identity(&shown, display),
            to: identity(to, ""),
            routes: way.routes,
            flow: way.flow,
            max_forwards: entry.max_forwards,
            offer,
            near: None,
            headers,
            named: self.headers_in(entry, (number, domain)),
            carrier: None,
            stream: None,
            further,
        })
    }

    /// Who has sent a call on, as a phone is told; nothing where its caller hides that.
    fn diversions_to(&self, entry: &Entry, to: &str, domain: &str) -> Vec<(Name<'static>, String)> {
        if entry.brought.hides_history {
            return Vec::new();
        }
        let uri = |number: &str| format!("sip:{}@{domain}", escape_user(number));
        let numbers = entry.call.diversions().iter().map(|one| Diverted {
            uri: uri(&one.number),
            display: one.display.clone(),
            reason: one.reason,
        });
        let (numbers, target): (Vec<Diverted>, _) = (numbers.collect(), uri(to));
        let course = Course {
            numbers: &numbers,
            earlier: entry.call.diverted_earlier(),
            target: &target,
            hidden: false,
        };
        [course.diversion(), course.history()].concat()
    }

    /// One more way to a phone, with who we are on it.
    fn hop(&mut self, way: Way) -> Hop {
        Hop {
            config: self.sip.usages.of(&way.flow),
            request_uri: way.uri,
            routes: way.routes,
            flow: way.flow,
            patience: None,
        }
    }

    /// The best way to one of a device's phones.
    pub(crate) fn way_to(&self, scope: &TenantScope, device: DeviceId, slot: u8) -> Option<Way> {
        self.ways_to(scope, device, slot).into_iter().next()
    }

    /// All ways to one of a device's phones, the best first: its flows, or its fixed address.
    fn ways_to(&self, scope: &TenantScope, device: DeviceId, slot: u8) -> Vec<Way> {
        if slot == FIXED {
            return self.fixed_way(scope, device).into_iter().collect();
        }
        let phone = self.registrar.phones(scope, device).nth(slot.into());
        let flows = phone.map(|phone| self.registrar.flows(scope, phone).map(way_by));
        flows.into_iter().flatten().collect()
    }

    fn fixed_way(&self, scope: &TenantScope, device: DeviceId) -> Option<Way> {
        let tenant = self.tenants.compiled(scope.tenant())?;
        let fixed = tenant.device(device)?.address.clone()?;
        let family = fixed.socket.is_ipv4();
        let mut listeners = self.config.listeners.iter();
        let local = *listeners.find(|listener| listener.is_ipv4() == family)?;
        let flow = if fixed.tcp {
            Flow::tcp(local, fixed.socket, 0)
        } else {
            Flow::udp(local, fixed.socket)
        };
        Some(Way {
            uri: fixed.uri,
            routes: Vec::new(),
            flow,
            agent: String::new(),
        })
    }

    pub(crate) fn dial(&mut self, key: CallKey, mut dial: Dial, now: Instant) {
        let leg = dial.leg;
        dial.near = self.calls.get(key).and_then(|entry| {
            let owner = entry.legs.iter().flatten().next()?;
            Some(self.legs.get(*owner)?.sip.sound().endpoint())
        });
        let terms = self.terms_of_callee(key, leg, &dial.flow);
        let ours = (
            self.random.next_u64(),
            self.security(terms, Askings::default()),
        );
        let remote = self.media_source(&dial.flow);
        let (ports, media) = (&mut self.ports, &mut self.outbox.media);
        let Ok(sound) = Sound::open(ports, remote, dial.near, None, ours, media) else {
            self.figures.portless_calls += 1;
            let reason = "no media port is left".to_owned();
            return self.leg_failed(
                key,
                leg,
                LegFact::Refused {
                    status: 503,
                    reason,
                },
            );
        };
        let sound = sound.faxing(self.t38_of_callee(key, leg));
        let trunk = self.calls.get(key).and_then(|entry| trunk_of(entry, leg));
        let config = self.usage_with(&dial.flow, trunk);
        let owner = self.legs.next_owner();
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            ports: &mut self.ports,
            media: &mut self.outbox.media,
        };
        let sip = SipLeg::dial(dial, sound, config, owner, &mut desk);
        self.seat(sip, key);
    }
}

/// The trunk at whose end a leg is.
pub(super) fn trunk_of(entry: &Entry, leg: LegId) -> Option<TrunkId> {
    let (party, _) = entry.call.leg(leg)?;
    Some(party.trunk.as_ref()?.trunk)
}

/// What a phone is told of the proof of the caller's number, beside the number itself (3GPP TS
/// 24.229 §7.2A.20); nothing where nobody looked, or somebody else is shown. From stays without
/// it, for there are phones that show all of its user part.
fn verified(entry: &Entry, number: &str, domain: &str) -> Option<(Name<'static>, String)> {
    let (verstat, of) = entry.brought.verified.as_ref()?;
    let (user, verstat) = (escape_user(number), verstat.as_str());
    let value = format!("<sip:{user};verstat={verstat}@{domain};user=phone>");
    (of == number).then_some((Name::PAssertedIdentity, value))
}

/// The way that a binding has shown.
fn way_by(binding: &Binding) -> Way {
    let path = binding.path.iter();
    Way {
        uri: binding.contact.clone().into_string(),
        routes: path.map(|hop| hop.clone().into_string()).collect(),
        flow: flow_to(binding),
        agent: binding.user_agent.clone().into_string(),
    }
}

/// The flow by which a binding is reached: the one that it came on, or to the proxy that stands
/// first on its path, whose connections come and go.
pub(crate) fn flow_to<Who>(binding: &Binding<Who>) -> Flow {
    let flow = binding.flow;
    let hop = binding.path.first().and_then(|path| {
        let path = NameAddr::parse(path).ok()?;
        let token = path.uri().ok()?.param("transport").map(str::to_owned);
        let transport = token.as_deref().and_then(Transport::from_token);
        Some((
            next_hop(path.uri_text)?,
            transport.unwrap_or(flow.transport),
        ))
    });
    match hop {
        Some((remote, transport @ (Transport::Udp | Transport::Tcp))) => Flow {
            transport,
            remote,
            connection: 0,
            ..flow
        },
        // what is within TLS, and what is known by name, is reached by the flow it came on
        Some((_, Transport::Tls | Transport::Ws | Transport::Wss)) | None => flow,
    }
}
