//! Texts whose readers have no telephone now: they wait until one comes (RFC 3428 §7).
//!
//! Those of one extension go out one after the other, oldest first. After one that no telephone has
//! taken there is a pause, longer each time, which a telephone that is new ends.

use ids::{ExtensionId, TenantId};
use machine::{Instant, WallTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Texts that wait for one extension at most; the sender of one more is told that it did not
/// arrive.
pub(crate) const TEXTS_PER_EXTENSION: usize = 50;
/// Texts that wait in one company at most.
pub(crate) const TEXTS_PER_TENANT: usize = 1_000;
/// Texts that wait in one shard at most.
pub(crate) const TEXTS_MAX: usize = 20_000;

/// The pause after the first try that failed, and the longest.
const PAUSE_FIRST: Duration = Duration::from_secs(30);
const PAUSE_LONGEST: Duration = Duration::from_secs(3_600);

/// Version of the stored form.
const VERSION: u8 = 1;

/// Whose telephones texts wait for.
pub(crate) type Reader = (TenantId, ExtensionId);

/// A text that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WaitingText {
    version: u8,
    pub(crate) extension: ExtensionId,
    /// Who sent it, as the value of From without a tag.
    pub(crate) from: String,
    /// Its Content-Type.
    pub(crate) kind: String,
    pub(crate) body: Vec<u8>,
    /// Hops it may still take.
    pub(crate) hops: u8,
    /// When it was sent, and until when it may wait, in milliseconds since 1970.
    pub(crate) came: i64,
    pub(crate) until: i64,
}

/// What a text is, beside where and when.
pub(crate) struct Letterhead {
    pub(crate) extension: ExtensionId,
    pub(crate) from: String,
    pub(crate) kind: String,
    pub(crate) hops: u8,
}

impl WaitingText {
    pub(crate) fn new(
        head: Letterhead,
        body: Vec<u8>,
        came: WallTime,
        lasts: Duration,
    ) -> WaitingText {
        let lasts = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
        WaitingText {
            version: VERSION,
            extension: head.extension,
            from: head.from,
            kind: head.kind,
            body,
            hops: head.hops,
            came: came.unix_ms(),
            until: came.unix_ms().saturating_add(lasts),
        }
    }

    /// The text of these bytes, if it is of a form that is understood.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<WaitingText> {
        let text: WaitingText = serde_json::from_slice(bytes).ok()?;
        (text.version == VERSION).then_some(text)
    }
}

/// What is to be done about what is kept beyond this process.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Keep these bytes under this key.
    Put(TenantId, u128, Vec<u8>),
    /// Forget them.
    Removed(TenantId, u128),
}

/// What became of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextFigures {
    /// Texts that began to wait.
    pub kept: u64,
    /// Of those, the ones that a telephone took.
    pub delivered: u64,
    /// Of those, the ones that waited too long, or whose reader is gone.
    pub expired: u64,
    /// Texts that could not wait, since too many do.
    pub capped: u64,
}

/// When the texts of a reader may be tried again.
#[derive(Clone, Copy, Debug)]
struct Pause {
    ends: Instant,
    length: Duration,
}

/// All texts that wait. Their keys begin with when they came, so they are in order.
#[derive(Default)]
pub(crate) struct WaitingTexts {
    texts: BTreeMap<(TenantId, ExtensionId, u128), WaitingText>,
    /// Readers of whom a text is under way.
    under_way: BTreeSet<Reader>,
    /// Readers whose telephones took nothing lately; no more than there are readers of texts.
    pauses: BTreeMap<Reader, Pause>,
    /// Whether somebody was asked to come and look for texts that waited too long.
    pub(crate) swept: bool,
    /// The newest key: a text that comes within the same millisecond stands behind it.
    newest: u128,
    figures: TextFigures,
    stored: Vec<Stored>,
}

impl WaitingTexts {
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(crate) fn figures(&self) -> TextFigures {
        self.figures
    }

    /// What changed of what is to be kept beyond this process.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Stored> + '_ {
        self.stored.drain(..)
    }

    /// A key for a text that comes at this moment, behind all others.
    pub(crate) fn next_key(&mut self, came: WallTime) -> u128 {
        let ms = u64::try_from(came.unix_ms()).unwrap_or(0);
        self.newest = (u128::from(ms) << 64).max(self.newest + 1);
        self.newest
    }

    /// Keeps a text, if there is room for it.
    pub(crate) fn keep(&mut self, tenant: TenantId, key: u128, text: WaitingText) -> bool {
        let of_reader = self.of_reader((tenant, text.extension)).count();
        let full = self.texts.len() >= TEXTS_MAX
            || of_reader >= TEXTS_PER_EXTENSION
            || self.of_tenant(tenant).count() >= TEXTS_PER_TENANT;
        let bytes = serde_json::to_vec(&text).ok().filter(|_| !full);
        let Some(bytes) = bytes else {
            self.figures.capped += 1;
            return false;
        };
        self.stored.push(Stored::Put(tenant, key, bytes));
        self.texts.insert((tenant, text.extension, key), text);
        self.figures.kept += 1;
        true
    }

    /// Takes a text back that an earlier process has kept.
    pub(crate) fn restore(&mut self, tenant: TenantId, key: u128, text: WaitingText) {
        self.newest = self.newest.max(key);
        self.texts.insert((tenant, text.extension, key), text);
    }

    /// The text that a reader's telephones are to be sent now, if any. `anew` says that one of them
    /// is new, so that a pause does not count.
    pub(crate) fn next(
        &self,
        reader: Reader,
        anew: bool,
        now: Instant,
    ) -> Option<(u128, &WaitingText)> {
        let pause = self.pauses.get(&reader).filter(|_| !anew);
        if self.under_way.contains(&reader) || pause.is_some_and(|pause| now < pause.ends) {
            return None;
        }
        let ((_, _, key), text) = self.of_reader(reader).next()?;
        Some((*key, text))
    }

    /// A text of this reader's is under way.
    pub(crate) fn began(&mut self, reader: Reader) {
        self.under_way.insert(reader);
    }

    /// No text of this reader's is under way any more: `key` was taken by a telephone, or it was
    /// not.
    pub(crate) fn tried(&mut self, reader: Reader, key: u128, taken: bool, now: Instant) {
        self.under_way.remove(&reader);
        if taken {
            self.pauses.remove(&reader);
            if self.remove(reader, key) {
                self.figures.delivered += 1;
            }
        } else if self.of_reader(reader).next().is_some() {
            let last = self.pauses.get(&reader).map(|pause| pause.length);
            let length = last.map_or(PAUSE_FIRST, |last| (last * 2).min(PAUSE_LONGEST));
            let ends = now + length;
            self.pauses.insert(reader, Pause { ends, length });
        }
    }

    /// Forgets what has waited too long.
    pub(crate) fn expire(&mut self, wall: WallTime) {
        self.retain(None, |text| wall.unix_ms() < text.until);
    }

    /// Forgets those texts of a tenant's that do not fit any more.
    pub(crate) fn keep_those(&mut self, tenant: TenantId, fits: impl Fn(&WaitingText) -> bool) {
        self.retain(Some(tenant), fits);
    }

    fn retain(&mut self, tenant: Option<TenantId>, fits: impl Fn(&WaitingText) -> bool) {
        let all = self.texts.iter();
        let gone: Vec<_> = all
            .filter(|((of, _, _), text)| tenant.is_none_or(|tenant| tenant == *of) && !fits(text))
            .map(|(place, _)| *place)
            .collect();
        for (tenant, extension, key) in gone {
            if self.remove((tenant, extension), key) {
                self.figures.expired += 1;
            }
        }
    }

    fn remove(&mut self, reader: Reader, key: u128) -> bool {
        let (tenant, extension) = reader;
        let found = self.texts.remove(&(tenant, extension, key)).is_some();
        if found {
            self.stored.push(Stored::Removed(tenant, key));
        }
        if self.of_reader(reader).next().is_none() {
            self.pauses.remove(&reader);
        }
        found
    }

    fn of_reader(
        &self,
        (tenant, extension): Reader,
    ) -> impl Iterator<Item = (&(TenantId, ExtensionId, u128), &WaitingText)> {
        self.texts
            .range((tenant, extension, 0)..=(tenant, extension, u128::MAX))
    }

    fn of_tenant(&self, tenant: TenantId) -> impl Iterator<Item = &WaitingText> {
        let least = ExtensionId::from_u128(0);
        let all = self.texts.range((tenant, least, 0)..);
        all.take_while(move |((of, _, _), _)| *of == tenant)
            .map(|(_, text)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: WallTime = WallTime::from_unix_ms(1_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn tenant(n: u128) -> TenantId {
        TenantId::from_u128(n)
    }

    fn text(extension: u128) -> WaitingText {
        let head = Letterhead {
            extension: ExtensionId::from_u128(extension),
            from: "<sip:101@acme.example>".to_owned(),
            kind: "text/plain".to_owned(),
            hops: 69,
        };
        WaitingText::new(head, b"lunch?".to_vec(), SENT, DAY)
    }

    fn reader(t: u128, extension: u128) -> Reader {
        (tenant(t), ExtensionId::from_u128(extension))
    }

    fn at(seconds: u64) -> Instant {
        Instant::from_secs(seconds)
    }

    #[test]
    fn texts_go_out_one_after_the_other_and_the_oldest_first() {
        let mut texts = WaitingTexts::default();
        for key in [7, 3] {
            assert!(texts.keep(tenant(1), key, text(2)));
        }
        let first = texts.next(reader(1, 2), true, at(0)).map(|(key, _)| key);
        assert_eq!(first, Some(3));
        texts.began(reader(1, 2));
        assert!(texts.next(reader(1, 2), true, at(0)).is_none());
        texts.tried(reader(1, 2), 3, true, at(1));
        let second = texts.next(reader(1, 2), false, at(1)).map(|(key, _)| key);
        assert_eq!(second, Some(7));
        assert!(
            texts.next(reader(2, 2), true, at(1)).is_none(),
            "another company's"
        );
    }

    #[test]
    fn texts_of_one_moment_stay_in_the_order_in_which_they_came() {
        let mut texts = WaitingTexts::default();
        let first = texts.next_key(SENT);
        assert!(first < texts.next_key(SENT));
        let earlier = WallTime::from_unix_ms(SENT.unix_ms() - 1);
        let third = texts.next_key(earlier);
        assert!(first < third, "a clock that was set back changes nothing");
        let mut after = WaitingTexts::default();
        after.restore(tenant(1), third, text(2));
        assert!(third < after.next_key(earlier));
    }

    #[test]
    fn after_a_try_that_failed_there_is_a_pause_which_grows_and_which_a_new_telephone_ends() {
        let mut texts = WaitingTexts::default();
        texts.keep(tenant(1), 3, text(2));
        let mut now = 0;
        for pause in [30, 60, 120] {
            texts.began(reader(1, 2));
            texts.tried(reader(1, 2), 3, false, at(now));
            let next = |at, anew| texts.next(reader(1, 2), anew, at).is_some();
            assert!(!next(at(now + pause - 1), false));
            assert!(next(at(now + pause - 1), true));
            now += pause;
            assert!(next(at(now), false));
        }
    }

    #[test]
    fn what_waited_too_long_is_forgotten_also_where_it_is_stored() {
        let mut texts = WaitingTexts::default();
        texts.keep(tenant(1), 3, text(2));
        let day = i64::try_from(DAY.as_millis()).unwrap();
        texts.expire(WallTime::from_unix_ms(SENT.unix_ms() + day - 1));
        assert_eq!(texts.len(), 1);
        let _put = texts.drain().count();
        texts.expire(WallTime::from_unix_ms(SENT.unix_ms() + day));
        assert_eq!(texts.len(), 0);
        let gone: Vec<Stored> = texts.drain().collect();
        assert_eq!(gone, [Stored::Removed(tenant(1), 3)]);
    }

    #[test]
    fn each_reader_and_each_company_has_only_so_much_room() {
        let mut texts = WaitingTexts::default();
        let mut key = 0;
        let mut keep = |texts: &mut WaitingTexts, t, extension| {
            key += 1;
            texts.keep(tenant(t), key, text(extension))
        };
        for _ in 0..TEXTS_PER_EXTENSION {
            assert!(keep(&mut texts, 1, 1));
        }
        assert!(!keep(&mut texts, 1, 1), "the extension is full");
        for extension in 2..=(TEXTS_PER_TENANT / TEXTS_PER_EXTENSION) {
            for _ in 0..TEXTS_PER_EXTENSION {
                assert!(keep(&mut texts, 1, u128::try_from(extension).unwrap()));
            }
        }
        assert!(!keep(&mut texts, 1, 1_000), "the company is full");
        assert!(keep(&mut texts, 2, 1), "another is not");
        assert_eq!(texts.figures().capped, 2);
    }

    #[test]
    fn a_text_is_the_same_after_it_was_stored() {
        let bytes = serde_json::to_vec(&text(2)).unwrap();
        assert_eq!(WaitingText::from_bytes(&bytes), Some(text(2)));
        assert_eq!(WaitingText::from_bytes(b"{}"), None);
    }
}
