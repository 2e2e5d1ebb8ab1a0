//! SUBSCRIBE: from a proven device to a watch of its own company's extensions (RFC 6665).
//!
//! It is proved exactly as an INVITE is, and what is not there and what is another company's is
//! answered alike.

use super::Shard;
use super::admission::Admitted;
use domain::{CompiledExtension, CompiledTenant};
use event_package::Package;
use ids::ExtensionId;
use machine::Instant;
use sip_message::{Flow, Message, Method, Name};
use sip_stack::subscription::{Asked, Desk, Refusal};
use sip_stack::transaction::{Owner, ServerKey};
use watch::{Aim, Capped, EVENTLIST, Refused, Watcher};

impl Shard {
    pub(crate) fn subscribe(
        &mut self,
        key: ServerKey,
        flow: Flow,
        message: &Message,
        now: Instant,
    ) {
        let Some(admitted) = self.admit_to_begin(key, flow, message, now) else {
            return;
        };
        let event = message.header(Name::Event).unwrap_or_default();
        let Some(package) = Package::of_event(event) else {
            return self.refuse_event(key, message, now);
        };
        let (extension, aim) = match self.may_begin(&admitted, package, flow, message) {
            Ok(found) => found,
            Err(421) => return self.refuse_without_lists(key, message, now),
            Err(status) => return self.refuse(key, message, status, now),
        };
        let requires = match aim {
            Aim::Itself => None,
            Aim::List(_) => Some(EVENTLIST),
        };
        let watcher = Watcher {
            scope: admitted.scope,
            device: admitted.device,
            extension,
            aim,
            package,
        };
        let asked = Asked {
            key,
            flow,
            message,
            requires,
        };
        self.begin_watch(asked, watcher, now);
    }

    /// What a SUBSCRIBE names, if its sender may watch that and reads what it would be told; else
    /// the status of the refusal.
    fn may_begin(
        &self,
        admitted: &Admitted,
        package: Package,
        flow: Flow,
        message: &Message,
    ) -> Result<(ExtensionId, Aim), u16> {
        let named = self.watched_named(message, &flow, &admitted.tenant, package);
        let is_list = matches!(named, Some((_, Aim::List(_))));
        let reads = is_list && accepts(message, "multipart/related");
        if !reads && !accepts(message, package.media_type()) {
            return Err(406);
        }
        let (extension, aim) = named.ok_or(404_u16)?;
        if !is_list {
            may_watch(admitted, extension, package)?;
        } else if !message.supports(EVENTLIST) {
            return Err(421);
        }
        Ok((extension, aim))
    }

    fn begin_watch(&mut self, asked: Asked<'_>, watcher: Watcher, now: Instant) {
        let stored_under = self.random.next_u128();
        let owner = self.sip.lamps.watches.next_owner();
        let config = self.sip.usages.of(&asked.flow);
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            config,
            owner,
        };
        let watches = &mut self.sip.lamps.watches;
        match watches.begin(watcher, asked, stored_under, &mut desk) {
            Ok(begun) => {
                let (call_id, tag) = &begun.dialog;
                // The directory has room for all watches there may be.
                let _full = self.sip.dialogs.insert(call_id, tag, begun.owner);
                self.tell_watch(begun.owner, true, now);
                self.store_watch(begun.owner, now);
            }
            Err(Refused::Refusal(refusal)) => self.refuse_watch(asked, refusal, now),
            Err(Refused::Capped(capped)) => self.refuse_capped_watch(asked, capped, now),
        }
    }

    /// A request within the dialog of a watch. It must come from where the watcher was, or be
    /// proved to be of the same device.
    pub(crate) fn in_watch(
        &mut self,
        owner: Owner,
        key: ServerKey,
        flow: Flow,
        message: &Message,
        now: Instant,
    ) {
        let Some(watch) = self.sip.lamps.watches.get(owner) else {
            return self.refuse(key, message, 481, now);
        };
        let (known, device) = (watch.subscription().flow(), watch.watcher.device);
        let requires = watch.is_of_list().then_some(EVENTLIST);
        let is_peer = (known.transport, known.remote) == (flow.transport, flow.remote);
        if !is_peer {
            let Some(admitted) = self.admit(key, flow, message, now) else {
                return;
            };
            if admitted.device != device {
                return self.refuse(key, message, 481, now);
            }
        }
        if message.method() != Some(Method::Subscribe) {
            return self.refuse(key, message, 481, now);
        }
        let asked = Asked {
            key,
            flow,
            message,
            requires,
        };
        let config = self.sip.usages.of(&flow);
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            config,
            owner,
        };
        match self.sip.lamps.watches.again(owner, asked, &mut desk) {
            Ok(()) => {
                self.tell_watch(owner, true, now);
                self.store_watch(owner, now);
            }
            Err(refusal) => self.refuse_watch(asked, refusal, now),
        }
    }

    /// What a Request-URI names that can be watched: an extension, or the list of one.
    fn watched_named(
        &self,
        message: &Message,
        flow: &Flow,
        tenant: &CompiledTenant,
        package: Package,
    ) -> Option<(ExtensionId, Aim)> {
        if let Some(extension) = self.extension_named(message, flow, tenant) {
            return Some((extension, Aim::Itself));
        }
        let of_lists = match package {
            Package::Dialog | Package::Presence => true,
            Package::Registration | Package::MessageSummary => false,
        };
        let dialled = self.dialled(message, flow, tenant)?;
        let own = of_lists && dialled.host == routing::HostClass::Own;
        let found = tenant.lamp_list_at(&dialled.user).filter(|_| own)?;
        Some((found.id, Aim::List(found.lamp_list().len())))
    }

    /// The extension a Request-URI names: by its number, or by the user name of one of its devices,
    /// as telephones ask after their own mailbox.
    pub(crate) fn extension_named(
        &self,
        message: &Message,
        flow: &Flow,
        tenant: &CompiledTenant,
    ) -> Option<ExtensionId> {
        let dialled = self.dialled(message, flow, tenant)?;
        if dialled.host != routing::HostClass::Own {
            return None;
        }
        let by_number = tenant.extension_by_number(&dialled.user);
        let of_device = || {
            let device = tenant.device_by_username(&dialled.user)?;
            tenant.extension(device.extension)
        };
        let found = by_number.or_else(of_device)?;
        found.enabled.then_some(found.id)
    }

    pub(crate) fn refuse_event(&mut self, key: ServerKey, message: &Message, now: Instant) {
        let mut answer = self.sip.transactions.response(key, message, 489);
        answer.text(Name::AllowEvents, Package::ALLOWED);
        let bytes = answer.finish();
        self.sip.transactions.respond(key, bytes, 489, now);
    }

    /// Whoever subscribes to a list must be able to read what it is told (RFC 4662 §4.1).
    fn refuse_without_lists(&mut self, key: ServerKey, message: &Message, now: Instant) {
        let mut answer = self.sip.transactions.response(key, message, 421);
        answer.text(Name::Require, EVENTLIST);
        let bytes = answer.finish();
        self.sip.transactions.respond(key, bytes, 421, now);
    }

    fn refuse_watch(&mut self, asked: Asked<'_>, refusal: Refusal, now: Instant) {
        let Asked { key, message, .. } = asked;
        match refusal {
            Refusal::Status(status) => self.refuse(key, message, status, now),
            Refusal::TooBrief(seconds) => {
                let mut answer = self.sip.transactions.response(key, message, 423);
                answer.header(Name::MinExpires, seconds);
                let bytes = answer.finish();
                self.sip.transactions.respond(key, bytes, 423, now);
            }
        }
    }

    fn refuse_capped_watch(&mut self, asked: Asked<'_>, capped: Capped, now: Instant) {
        let Asked { key, message, .. } = asked;
        let status = match capped {
            Capped::Device(_) => 403,
            Capped::Tenant(_) | Capped::Total => 503,
        };
        let mut answer = self.sip.transactions.response(key, message, status);
        answer.text(Name::Warning, &format!("399 strowger \"{capped}\""));
        if status == 503 {
            answer.header(Name::RetryAfter, self.config.limits.retry_after.as_secs());
        }
        let bytes = answer.finish();
        self.sip.transactions.respond(key, bytes, status, now);
    }
}

/// Lamps and presence are shown to the whole company, unless the extension says to whom; whoever is
/// not among those finds nobody there. Where a telephone is and what its mailbox holds is told to
/// the extension's own devices alone. A refusal is a status.
fn may_watch(admitted: &Admitted, extension: ExtensionId, package: Package) -> Result<(), u16> {
    let tenant = &admitted.tenant;
    let watching = tenant.device(admitted.device).map(|one| one.extension);
    let may = |watched: &CompiledExtension| {
        watching.is_some_and(|watching| tenant.may_watch(watching, watched))
    };
    if !tenant.extension(extension).is_some_and(may) {
        return Err(404);
    }
    match package {
        Package::Dialog | Package::Presence => Ok(()),
        Package::Registration | Package::MessageSummary => {
            let own = watching == Some(extension);
            own.then_some(()).ok_or(403)
        }
    }
}

/// Whether the sender reads documents of this type; one that says nothing reads the package's own
/// (RFC 6665 §4.2.1.3).
fn accepts(message: &Message, media_type: &str) -> bool {
    let named = |value: &str| {
        let kind = value.split(';').next().unwrap_or_default().trim();
        kind == "*/*"
            || kind.eq_ignore_ascii_case("application/*")
            || kind.eq_ignore_ascii_case(media_type)
    };
    !message.has(Name::Accept) || message.values(Name::Accept).any(named)
}
