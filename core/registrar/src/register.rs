//! One REGISTER request: what it asks, and what it is told.

use crate::registrar::Change;
use crate::{Binding, Output, Registrant, Registrar};
use ids::BindingId;
use machine::{Instant, Random, WallTime};
use sip_message::Flow;
use std::time::Duration;
use tenancy::TenantScope;

/// One contact of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContactRequest<'a> {
    /// Its URI.
    pub uri: &'a str,
    /// Its own `expires`, seconds.
    pub expires: Option<u32>,
    /// `+sip.instance`.
    pub instance: Option<&'a str>,
    /// `reg-id`.
    pub reg_id: Option<u32>,
    /// Preference, 0 to 1000; 1000 when not said.
    pub q: Option<u16>,
}

/// A request, read.
#[derive(Clone, Debug)]
pub struct Registration<'a> {
    /// Call-ID.
    pub call_id: &'a str,
    /// Sequence number.
    pub cseq: u32,
    /// Its contacts; none asks what is registered.
    pub contacts: Vec<ContactRequest<'a>>,
    /// `Contact: *`.
    pub star: bool,
    /// The request's own Expires, seconds.
    pub expires: Option<u32>,
    /// Path, nearest first.
    pub path: Vec<&'a str>,
    /// User-Agent.
    pub user_agent: &'a str,
    /// The flow it came on.
    pub flow: Flow,
    /// Where it was proved with the device's former secret: when that one is void.
    pub former_until: Option<WallTime>,
}

/// A contact as the device is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Its URI.
    pub contact: Box<str>,
    /// How long it is still bound, seconds.
    pub seconds: u64,
    /// `+sip.instance`.
    pub instance: Option<Box<str>>,
    /// `reg-id`.
    pub reg_id: Option<u32>,
}

/// What the device is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 200 with these contacts.
    Bound(Vec<Bound>),
    /// 423 with this Min-Expires, seconds.
    TooBrief(u64),
    /// 403: the request asks for more bindings than this, which a device may hold.
    TooMany(usize),
    /// 500: an older request than one already served (RFC 3261 §10.3, step 7).
    OutOfOrder,
    /// 400 with the rule that was broken.
    Bad(&'static str),
    /// 503: the exchange holds as many bindings as it may.
    Full,
}

/// When a request was served, on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Instant,
    pub(crate) wall: WallTime,
}

impl<Who: Registrant> Registrar<Who> {
    /// Serves a request of a device that has proved itself. All of it is done, or nothing.
    pub fn register(
        &mut self,
        scope: &TenantScope,
        who: Who,
        request: &Registration<'_>,
        now: Instant,
        wall: WallTime,
        random: &mut Random,
        out: &mut Vec<Output<Who>>,
    ) -> Outcome {
        if let Err(outcome) = self.check(scope, who, request) {
            return outcome;
        }
        let moment = Moment { now, wall };
        if request.star {
            self.remove_all(scope, who, out);
        } else {
            for contact in &request.contacts {
                self.serve(scope, who, request, contact, moment, random, out);
            }
        }
        let left = |binding: &Binding<Who>| {
            let ms = binding.expires_at.unix_ms().saturating_sub(wall.unix_ms());
            u64::try_from(ms).unwrap_or(0).div_ceil(1000)
        };
        let bound = self.bindings(scope, who).iter();
        let bound = bound.map(|binding| Bound {
            contact: binding.contact.clone(),
            seconds: left(binding),
            instance: binding.instance.clone(),
            reg_id: binding.reg_id,
        });
        Outcome::Bound(bound.collect())
    }

    fn check(
        &self,
        scope: &TenantScope,
        who: Who,
        request: &Registration<'_>,
    ) -> Result<(), Outcome> {
        let limits = self.limits();
        if request.star && (!request.contacts.is_empty() || request.expires != Some(0)) {
            return Err(Outcome::Bad("Contact * must stand alone with Expires: 0"));
        }
        if request.contacts.len() > limits.contacts_per_request {
            return Err(Outcome::Bad("too many contacts"));
        }
        let long = |text: &str| text.len() > limits.contact_bytes;
        if request.contacts.iter().any(|contact| long(contact.uri)) {
            return Err(Outcome::Bad("a contact is too long"));
        }
        let mut instances = request.contacts.iter().filter_map(|one| one.instance);
        if instances.any(long) {
            return Err(Outcome::Bad("an instance is too long"));
        }
        if !self.is_one_flow(request) {
            return Err(Outcome::Bad("a reg-id must stand with one contact alone"));
        }
        if request.path.len() > limits.path_elements || request.path.iter().any(|p| long(p)) {
            return Err(Outcome::Bad("the path is too long"));
        }
        let held = self.bindings(scope, who);
        if request.star && held.iter().any(|binding| has_overtaken(binding, request)) {
            return Err(Outcome::OutOfOrder);
        }
        let mut new = 0;
        for contact in &request.contacts {
            let granted = self.granted(request, contact);
            if !granted.is_zero() && granted < limits.expires_min {
                return Err(Outcome::TooBrief(limits.expires_min.as_secs()));
            }
            let known = held.iter().find(|binding| renews(binding, contact));
            if known.is_some_and(|binding| has_overtaken(binding, request)) {
                return Err(Outcome::OutOfOrder);
            }
            new += usize::from(known.is_none() && !granted.is_zero());
        }
        if new > limits.bindings_per_device {
            return Err(Outcome::TooMany(limits.bindings_per_device));
        }
        let displaced = (held.len() + new).saturating_sub(limits.bindings_per_device);
        if new > displaced && self.len() + new - displaced > limits.bindings {
            return Err(Outcome::Full);
        }
        Ok(())
    }

    /// Whether a request that says which flow it is says so of one contact (RFC 5626 §6); others
    /// may only be removed with it.
    fn is_one_flow(&self, request: &Registration<'_>) -> bool {
        let lives = |one: &&ContactRequest<'_>| !self.granted(request, one).is_zero();
        let live = request.contacts.iter().filter(lives);
        let flows = live.clone().filter(|one| one.reg_id.is_some()).count();
        flows == 0 || live.count() == 1
    }

    fn granted(&self, request: &Registration<'_>, contact: &ContactRequest<'_>) -> Duration {
        let limits = self.limits();
        let asked = contact.expires.or(request.expires);
        let asked = asked.map(|seconds| Duration::from_secs(seconds.into()));
        asked
            .unwrap_or(limits.expires_default)
            .min(limits.expires_max)
    }

    fn serve(
        &mut self,
        scope: &TenantScope,
        who: Who,
        request: &Registration<'_>,
        contact: &ContactRequest<'_>,
        at: Moment,
        random: &mut Random,
        out: &mut Vec<Output<Who>>,
    ) {
        let granted = self.granted(request, contact);
        let held = self
            .bindings(scope, who)
            .iter()
            .find(|binding| renews(binding, contact));
        let id = held.map(|binding| binding.id);
        if granted.is_zero() {
            if let Some(id) = id {
                self.remove(scope.tenant(), who, id, out);
            }
            return;
        }
        let change = if id.is_some() {
            Change::Refreshed
        } else {
            self.make_room(scope, who, contact.instance, out);
            Change::New
        };
        let id = id.unwrap_or_else(|| {
            let ms = u64::try_from(at.wall.unix_ms()).unwrap_or(0);
            BindingId::new(ms, random.next_u128())
        });
        let binding = Binding {
            id,
            tenant: scope.tenant(),
            who,
            contact: contact.uri.into(),
            flow: request.flow,
            path: request
                .path
                .iter()
                .map(|element| (*element).into())
                .collect(),
            instance: contact.instance.map(Into::into),
            reg_id: contact.reg_id,
            q: contact.q.unwrap_or(1000).min(1000),
            user_agent: clip(request.user_agent, 128).into(),
            call_id: request.call_id.into(),
            cseq: request.cseq,
            registered_at: at.wall,
            expires_at: at.wall + granted,
            former_until: request.former_until,
        };
        self.put(binding, at.now + granted, change, out);
    }

    /// Sees to it that one, and this phone of it, may have one binding more.
    fn make_room(
        &mut self,
        scope: &TenantScope,
        who: Who,
        instance: Option<&str>,
        out: &mut Vec<Output<Who>>,
    ) {
        let (held, limits) = (self.bindings(scope, who), self.limits());
        let of_phone =
            |one: &&Binding<Who>| instance.is_some() && one.instance.as_deref() == instance;
        let full = held.iter().filter(of_phone).count() >= limits.flows_per_instance;
        if !full && held.len() < limits.bindings_per_device {
            return;
        }
        // Of equally old ones the last: the newest stand first.
        let oldest = held
            .iter()
            .rev()
            .filter(|one| !full || of_phone(one))
            .min_by_key(|binding| binding.registered_at);
        if let Some(id) = oldest.map(|binding| binding.id) {
            self.remove(scope.tenant(), who, id, out);
        }
    }
}

/// Whether a later request than this one has been served for the binding (RFC 3261 §10.3, steps 6
/// and 7): requests of one Call-ID count up.
fn has_overtaken<Who: Registrant>(binding: &Binding<Who>, request: &Registration<'_>) -> bool {
    *binding.call_id == *request.call_id && request.cseq <= binding.cseq
}

fn renews<Who: Registrant>(binding: &Binding<Who>, contact: &ContactRequest<'_>) -> bool {
    binding.is_renewed_by(contact.uri, contact.instance, contact.reg_id)
}

/// At most `bytes` of a text, cut between characters.
fn clip(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
