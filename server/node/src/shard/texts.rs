//! Texts that wait (RFC 3428 §7): kept when nobody is there to take them, and sent on once a
//! telephone of their reader's registers.

use super::Shard;
use super::admission::Admitted;
use super::deadlines::Wake;
use super::messaging::{Copy, from_of, hops_of, kind_of, to_of};
use crate::letters::{Origin, UNREACHABLE};
use crate::waiting_texts::{Letterhead, Stored, WaitingText};
use bytes::Bytes;
use domain::CompiledTenant;
use ids::{ExtensionId, TenantId};
use machine::Instant;
use ports::Bucket;
use registrar::Output;
use sip_message::{Message, http_date};
use sip_stack::transaction::ServerKey;
use std::time::Duration;
use tenancy::TenantScope;

/// The status for a text that was taken and has not arrived yet.
const ACCEPTED: u16 = 202;
const DAY: Duration = Duration::from_secs(86_400);
/// How often texts are looked for that have waited too long.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

impl Shard {
    /// The text of a message as it would wait; none where it may not: what is no text says
    /// something of this moment alone (RFC 3994), nobody waits for a text of their own, and what is
    /// for one phone (RFC 5627) is not for the others.
    pub(crate) fn text_to_keep(
        &self,
        message: &Message,
        admitted: &Admitted,
        extension: ExtensionId,
        now: Instant,
    ) -> Option<WaitingText> {
        let kind = kind_of(message);
        let own = admitted.tenant.device(admitted.device)?.extension == extension;
        let for_one = message.request_uri().ok()?.params.has("gr");
        if message.body().is_empty() || own || for_one || !is_text(&kind) {
            return None;
        }
        let days = DAY * u32::from(admitted.tenant.texts_kept_days());
        let asked = message.expires().ok().flatten();
        let lasts = asked.map_or(days, |asked| days.min(Duration::from_secs(asked.into())));
        let head = Letterhead {
            extension,
            from: from_of(admitted),
            kind,
            hops: hops_of(message),
        };
        let body = message.body().to_vec();
        let text = WaitingText::new(head, body, self.clock.wall(now), lasts);
        (!lasts.is_zero()).then_some(text)
    }

    /// Nobody takes a message now: it waits, if it may, and its sender is told so.
    pub(crate) fn keep_text(
        &mut self,
        key: ServerKey,
        message: &Message,
        (tenant, text): (TenantId, Option<WaitingText>),
        now: Instant,
    ) {
        let (wall, texts) = (self.clock.wall(now), &mut self.sip.texts);
        let kept = text.is_some_and(|text| {
            let name = texts.next_key(wall);
            texts.keep(tenant, name, text)
        });
        let status = if kept { ACCEPTED } else { UNREACHABLE };
        self.refuse(key, message, status, now);
        self.sweep_texts_later(now);
    }

    /// A device has registered: what waits for its extension is sent on. `since` tells which
    /// changes of bindings came of it.
    pub(crate) fn phone_came(&mut self, admitted: &Admitted, since: usize, now: Instant) {
        if self.sip.texts.len() == 0 {
            return;
        }
        let changes = self.turn.bindings.get(since..).unwrap_or_default();
        let anew = changes.iter().any(|output| match output {
            Output::Changed { who, .. } | Output::Moved { who, .. } => *who == admitted.device,
            Output::Put { .. } | Output::Removed { .. } => false,
        });
        let device = admitted.tenant.device(admitted.device);
        if let Some(device) = device {
            self.send_text(admitted.scope.clone(), device.extension, anew, now);
        }
    }

    /// Sends the next text that waits for an extension, if it may be tried now.
    fn send_text(&mut self, scope: TenantScope, extension: ExtensionId, anew: bool, now: Instant) {
        let reader = (scope.tenant(), extension);
        self.sip.texts.expire(self.clock.wall(now));
        let Some(tenant) = self.tenants.compiled(scope.tenant()) else {
            return;
        };
        let ways = self.ways_of(&scope, &tenant, extension, None);
        let room = self.sip.letters.has_room(scope.tenant());
        let next = self.sip.texts.next(reader, anew, now);
        let Some((key, text)) = next.filter(|_| room && !ways.is_empty()) else {
            return;
        };
        let copy = copy_of(text, &tenant);
        self.sip.texts.began(reader);
        let origin = Origin::Waited {
            scope,
            extension,
            key,
        };
        self.send_copies(&tenant, origin, &copy, ways, now);
    }

    /// A text that waited was taken by a telephone, or by none.
    pub(crate) fn text_tried(
        &mut self,
        scope: TenantScope,
        (extension, key): (ExtensionId, u128),
        taken: bool,
        now: Instant,
    ) {
        let reader = (scope.tenant(), extension);
        self.sip.texts.tried(reader, key, taken, now);
        if taken {
            self.send_text(scope, extension, false, now);
        }
    }

    /// A tenant's documents have changed: texts for extensions that are gone are forgotten, and
    /// those that wait longer than texts may from now on.
    pub(crate) fn sort_texts(&mut self, tenant: &CompiledTenant, now: Instant) {
        let days = DAY * u32::from(tenant.texts_kept_days());
        let most = i64::try_from(days.as_millis()).unwrap_or(i64::MAX);
        let wall = self.clock.wall(now).unix_ms();
        self.sip.texts.keep_those(tenant.id(), |text| {
            let lasts = wall < text.came.saturating_add(most);
            lasts && tenant.extension(text.extension).is_some()
        });
    }

    /// A tenant is gone, and its texts with it.
    pub(crate) fn forget_texts(&mut self, tenant: TenantId) {
        self.sip.texts.keep_those(tenant, |_| false);
    }

    /// Forgets what has waited too long.
    pub(crate) fn sweep_texts(&mut self, now: Instant) {
        self.sip.texts.swept = false;
        self.sip.texts.expire(self.clock.wall(now));
        self.sweep_texts_later(now);
    }

    fn sweep_texts_later(&mut self, now: Instant) {
        let texts = &mut self.sip.texts;
        if texts.len() > 0 && !texts.swept {
            texts.swept = true;
            self.timers.arm(now + SWEEP_EVERY, Wake::Texts);
        }
    }

    /// Hands what changed of the texts to the snapshots.
    pub(crate) fn store_texts(&mut self) {
        let snapshots = &mut self.stores.snapshots;
        for stored in self.sip.texts.drain() {
            match stored {
                Stored::Put(tenant, key, bytes) => {
                    snapshots.put(tenant, Bucket::Texts, key, &bytes);
                }
                Stored::Removed(tenant, key) => snapshots.remove(tenant, Bucket::Texts, key),
            }
        }
    }

    /// Takes back the texts that were stored; those of extensions that are gone are forgotten.
    pub(crate) fn restore_texts(&mut self, now: Instant) {
        for (tenant, key, bytes) in self.stores.snapshots.load(Bucket::Texts) {
            let known = |text: &WaitingText| {
                let compiled = self.tenants.compiled(tenant);
                compiled.is_some_and(|one| one.extension(text.extension).is_some())
            };
            match WaitingText::from_bytes(&bytes).filter(known) {
                Some(text) => self.sip.texts.restore(tenant, key, text),
                None => self.stores.snapshots.remove(tenant, Bucket::Texts, key),
            }
        }
        self.sweep_texts(now);
    }
}

fn copy_of(text: &WaitingText, tenant: &CompiledTenant) -> Copy {
    Copy {
        from: text.from.clone(),
        to: to_of(tenant, text.extension),
        hops: text.hops,
        kind: text.kind.clone(),
        body: Bytes::copy_from_slice(&text.body),
        date: Some(http_date(text.came / 1_000)),
    }
}

/// Whether this says something to people that is still worth reading later.
fn is_text(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let of_text = kind
        .get(..5)
        .is_some_and(|of| of.eq_ignore_ascii_case("text/"));
    of_text || kind.eq_ignore_ascii_case("message/cpim")
}
