//! Who is asking: from a request to the scope of a tenant, or to the same refusal for everyone who
//! cannot prove to be anybody.
//!
//! A wrong password, an unknown user, an unknown domain and another company's domain take the same
//! work and get the same answer.

use super::Shard;
use super::emergency::seems_for_help;
use domain::{CompiledTenant, DirectoryEntry};
use ids::{DeviceId, TenantId, TrunkId};
use machine::{Instant, WallTime};
use sip_message::{Flow, Host, Message, Method, Name, Uri};
use sip_stack::digest::{Digests, Known, Verdict};
use sip_stack::transaction::ServerKey;
use std::net::IpAddr;
use std::sync::Arc;
use tenancy::{
    AdmittedDevice, AdmittedTrunk, TenantScope, trusted_source, verified_digest, verified_gateway,
};

/// A request whose sender is proven.
pub(crate) struct Admitted {
    pub(crate) scope: TenantScope,
    pub(crate) tenant: Arc<CompiledTenant>,
    pub(crate) device: DeviceId,
    /// Where it proved itself with its former secret: when that one is void.
    pub(crate) former_until: Option<WallTime>,
}

/// Who has proved itself.
pub(crate) enum Proven {
    /// A device of some tenant.
    Device(Admitted),
    /// The gateway of a trunk, which has no right of a device's.
    Gateway(AdmittedTrunk),
}

enum Judged {
    /// By its present secret or where it comes from, or by the former secret until a moment.
    Proven(AdmittedDevice, Option<WallTime>),
    /// By the secret of a trunk's gateway.
    Gateway(AdmittedTrunk),
    Challenge {
        stale: bool,
    },
    /// Credentials that are not right, and whether the sender hears what is sent to its address.
    Wrong {
        heard: bool,
    },
}

impl Shard {
    /// Admits a device that begins something which lasts, unless nothing more is begun; else its
    /// request is answered (or dropped).
    pub(crate) fn admit_to_begin(
        &mut self,
        key: ServerKey,
        flow: Flow,
        message: &Message,
        now: Instant,
    ) -> Option<Admitted> {
        let proven = self.prove_to_begin(key, flow, message, now)?;
        self.device_alone(key, message, proven, now)
    }

    /// The same, of whoever sends it.
    pub(crate) fn prove_to_begin(
        &mut self,
        key: ServerKey,
        flow: Flow,
        message: &Message,
        now: Instant,
    ) -> Option<Proven> {
        if self.door.draining {
            self.retry_later(key, message, now);
            return None;
        }
        if self.lacks_extension(key, message, now) {
            return None;
        }
        self.prove(key, flow, message, now)
    }

    /// Admits a device that sends a request, or answers (or drops) it.
    pub(crate) fn admit(
        &mut self,
        key: ServerKey,
        flow: Flow,
        message: &Message,
        now: Instant,
    ) -> Option<Admitted> {
        let proven = self.prove(key, flow, message, now)?;
        self.device_alone(key, message, proven, now)
    }

    /// What is for phones is refused to a gateway.
    fn device_alone(
        &mut self,
        key: ServerKey,
        message: &Message,
        proven: Proven,
        now: Instant,
    ) -> Option<Admitted> {
        match proven {
            Proven::Device(admitted) => Some(admitted),
            Proven::Gateway(_) => {
                self.refuse(key, message, 403, now);
                None
            }
        }
    }

    /// Has the sender prove itself, or answers (or drops) the request.
    pub(crate) fn prove(
        &mut self,
        key: ServerKey,
        flow: Flow,
        message: &Message,
        now: Instant,
    ) -> Option<Proven> {
        let judged = match self.by_source(flow, message) {
            Some(proof) => Judged::Proven(proof, None),
            None => self.by_digest(&flow, message, now),
        };
        match judged {
            Judged::Proven(proof, former_until) => {
                self.door.defence.proved(flow.remote.ip(), now);
                self.figures.door.former_secrets += u64::from(former_until.is_some());
                let (tenant, device) = (proof.tenant(), proof.device());
                let scope = TenantScope::from_sip_admission(proof);
                let tenant = self.tenants.compiled(tenant)?;
                Some(Proven::Device(Admitted {
                    scope,
                    tenant,
                    device,
                    former_until,
                }))
            }
            Judged::Gateway(trunk) => {
                self.door.defence.proved(flow.remote.ip(), now);
                Some(Proven::Gateway(trunk))
            }
            Judged::Challenge { stale } => {
                if self.may_ask(key, &flow, now) {
                    self.challenge(key, &flow, message, stale, now);
                }
                None
            }
            Judged::Wrong { heard } => {
                self.figures.door.refused_credentials += 1;
                if self.may_fail(key, &flow, heard, now) {
                    self.refuse(key, message, 403, now);
                } else {
                    self.figures.door.unanswered_credentials += 1;
                }
                None
            }
        }
    }

    /// A device that is known by where its packets come from. It never registers, and a request
    /// that names another device is judged by that device's password.
    fn by_source(&self, flow: Flow, message: &Message) -> Option<AdmittedDevice> {
        if message.method() == Some(Method::Register) || has_credentials(message) {
            return None;
        }
        let entry = self.tenants.directory.source(flow.remote.ip())?;
        let entry = self.excuse(entry, message);
        let from = message.from().ok()?;
        let uri = from.uri().ok()?;
        let named = uri
            .user
            .and_then(|user| self.tenants.directory.device(user));
        let another = named.is_some_and(|named| named.device.device != entry.device.device);
        let gateway = uri.user.and_then(|user| self.tenants.trunks.gateway(user));
        if another || gateway.is_some() {
            return None;
        }
        trusted_source(&entry.device, flow.remote.ip())
    }

    fn by_digest(&mut self, flow: &Flow, message: &Message, now: Instant) -> Judged {
        let realm = self.door.authenticator.realm().to_owned();
        let all = message.authorization().chain(message.proxy_authorization());
        let ours = all
            .filter(|credentials| credentials.is_digest())
            .find(|credentials| credentials.param("realm").as_deref() == Some(&realm));
        let Some(credentials) = ours else {
            return Judged::Challenge { stale: false };
        };
        let username = credentials.param("username").unwrap_or_default();
        let entry = self.tenants.directory.device(&username);
        let entry = entry.map(|entry| self.excuse(entry, message));
        let kept = entry.as_ref().and_then(|entry| entry.credentials.as_ref());
        let former = kept.and_then(|kept| kept.former_at(self.clock.wall(now)));
        let gateway = self.tenants.trunks.gateway(&username);
        let gateway = gateway.filter(|_| entry.is_none());
        let of_gateway = gateway.and_then(|(_, digests)| digests);
        let present = kept.map(|kept| kept.present).or(of_gateway);
        let present = present.map(as_stack);
        let before = former.map(|former| as_stack(former.digests));
        let known = Known {
            present: present.as_ref(),
            former: before.as_ref(),
        };
        let method = message.method().unwrap_or(Method::Other(""));
        let authenticator = &mut self.door.authenticator;
        let from = flow.remote.ip();
        let judged = authenticator.judge(&credentials, method.as_str(), known, from, now);
        let wrong = Judged::Wrong {
            heard: judged.heard,
        };
        match judged.verdict {
            Verdict::Accepted => {}
            Verdict::Stale => return Judged::Challenge { stale: true },
            Verdict::Malformed(_) => return Judged::Challenge { stale: false },
            Verdict::Wrong => return wrong,
        }
        let (computed, received) = (judged.computed.as_bytes(), judged.received.as_bytes());
        if let Some((trunk, _)) = gateway {
            let home = self.is_gateway_at_home(trunk, message);
            let proof = verified_gateway(trunk, computed, received).filter(|_| home);
            return proof.map_or(wrong, Judged::Gateway);
        }
        let home = entry.filter(|entry| self.is_at_home(entry.device.tenant, message));
        let proof = home.and_then(|entry| verified_digest(&entry.device, computed, received));
        let former = former.filter(|_| judged.former).map(|former| former.until);
        proof.map_or(wrong, |proof| Judged::Proven(proof, former))
    }

    /// Lets whoever calls for help prove to be a device of a company or an extension that is out of
    /// use. A device that is itself out of use proves nothing.
    fn excuse(&self, mut entry: DirectoryEntry, message: &Message) -> DirectoryEntry {
        let begins = message.method() == Some(Method::Invite) && !message.has(Name::Replaces);
        if entry.device.enabled || !begins {
            return entry;
        }
        if let Some(tenant) = self.tenants.compiled(entry.device.tenant)
            && let Some(device) = tenant.device(entry.device.device)
            && seems_for_help(&tenant, message)
        {
            entry.device = tenant.entry_for_help(device);
        }
        entry
    }

    /// Whether a gateway's company is in use, and it registers in a domain of that. Whose calls it
    /// passes on, and in whose name, is not for it to say: its From is a carrier's.
    fn is_gateway_at_home(&self, trunk: TrunkId, message: &Message) -> bool {
        let line = self.tenants.trunks.get(trunk);
        let owner = line.and_then(|line| self.tenants.compiled(line.owner?));
        let Some(owner) = owner.filter(|owner| owner.enabled()) else {
            return false;
        };
        message.method() != Some(Method::Register) || self.is_at_home(owner.id(), message)
    }

    /// Whether the domain the sender claims is its own company's, or none at all. Any other is as
    /// wrong as an unknown one, or existing domains could be told from made-up ones.
    fn is_at_home(&self, own: TenantId, message: &Message) -> bool {
        let claimed = match message.method() {
            Some(Method::Register) => message.to(),
            Some(_) | None => message.from(),
        };
        let Ok(claimed) = claimed else { return false };
        let Ok(uri) = claimed.uri() else { return false };
        let at_home = |host: &Host<'_>| match host {
            Host::V4(_) | Host::V6(_) => true,
            Host::Absent => false,
            Host::Name(name) => {
                let tenant = self.tenants.directory.tenant_of_domain(name);
                tenant == Some(own) || self.is_our_name(name)
            }
        };
        let anonymous = matches!(&uri.host, Host::Name("anonymous.invalid"));
        if message.method() == Some(Method::Register) {
            return at_home(&uri.host)
                && message
                    .request_uri()
                    .is_ok_and(|to: Uri<'_>| at_home(&to.host));
        }
        anonymous || at_home(&uri.host)
    }

    /// Whether this is a name of the exchange itself.
    pub(crate) fn is_our_name(&self, name: &str) -> bool {
        self.config
            .names
            .iter()
            .any(|ours| ours.eq_ignore_ascii_case(name))
    }

    /// Whether this is an address of the exchange itself.
    pub(crate) fn is_our_address(&self, ip: IpAddr, flow: &Flow) -> bool {
        let ip = ip.to_canonical();
        ip == flow.local.ip().to_canonical()
            || self
                .config
                .listeners
                .iter()
                .any(|listener| listener.ip().to_canonical() == ip)
    }

    fn challenge(
        &mut self,
        key: ServerKey,
        flow: &Flow,
        message: &Message,
        stale: bool,
        now: Instant,
    ) {
        self.figures.door.challenges += 1;
        let (status, name) = match message.method() {
            Some(Method::Register) => (401, Name::WwwAuthenticate),
            Some(_) | None => (407, Name::ProxyAuthenticate),
        };
        let to = flow.remote.ip();
        let mut answer = self.sip.transactions.response(key, message, status);
        for value in self.door.authenticator.challenge(stale, to, now) {
            answer.text(name, &value);
        }
        // Strangers ask for challenges: none may cost memory (RFC 3261 §26.3.2.4).
        let bytes = answer.finish();
        self.sip.transactions.respond_statelessly(key, bytes);
    }
}

fn as_stack(kept: domain::Digests) -> Digests {
    Digests {
        md5: kept.md5,
        sha256: kept.sha256,
    }
}

fn has_credentials(message: &Message) -> bool {
    message.has(Name::Authorization) || message.has(Name::ProxyAuthorization)
}
