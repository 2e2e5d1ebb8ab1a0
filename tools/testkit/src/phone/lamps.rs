//! A phone's keys with lamps: subscriptions, refreshed by itself, and what their NOTIFYs show; and
//! the texts it gets.

use super::{Alarm, Phone};
use machine::Instant;
use sip_message::{Builder, Message, Method, Name};
use sip_stack::transaction::{Event, Owner, Sending, ServerKey};
use std::collections::BTreeMap;
use std::time::Duration;

/// First owner of keys; lines have lower numbers.
const KEYS: u64 = 1 << 40;

/// What a phone reads that watches lists.
const READ: &str = "multipart/related, application/rlmi+xml";

/// Names a key of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub usize);

impl KeyId {
    fn owner(self) -> Owner {
        Owner(KEYS + u64::try_from(self.0).unwrap_or(0))
    }

    /// The key of an owner number.
    pub(super) fn of(owner: Owner) -> Option<KeyId> {
        let number = owner.0.checked_sub(KEYS)?;
        usize::try_from(number).ok().map(KeyId)
    }
}

/// A key with a lamp.
#[derive(Clone, Debug, Default)]
pub struct Key {
    /// Which event it subscribes to.
    pub event: String,
    /// The last final status of its SUBSCRIBE, challenges aside.
    pub status: Option<u16>,
    /// `Subscription-State` of the last NOTIFY.
    pub state: String,
    /// Body of the last NOTIFY.
    pub body: String,
    /// How many NOTIFYs came.
    pub notes: u32,
    /// The dialogs that are not over, by id: their states.
    pub dialogs: BTreeMap<String, String>,
    /// NOTIFYs whose documents were older than the one before.
    pub backwards: u32,
    /// Bodies of all NOTIFYs of a list, oldest first.
    pub told: Vec<String>,
    /// Whether it says that it reads lists (RFC 4662).
    lists: bool,
    version: Option<u32>,
    uri: String,
    dialog: KeyDialog,
    seconds: u32,
    proofs: u8,
}

/// The dialog of a key's subscription.
#[derive(Clone, Debug, Default)]
struct KeyDialog {
    call_id: String,
    tag: String,
    to_tag: Option<String>,
    cseq: u32,
}

impl Key {
    /// What the lamp shows: the state furthest on of all dialogs.
    #[must_use]
    pub fn lamp(&self) -> &str {
        let order = ["confirmed", "early", "proceeding", "trying"];
        let lit = |state: &&&str| self.dialogs.values().any(|one| one == **state);
        order.iter().find(lit).copied().unwrap_or("off")
    }

    /// Whether it is subscribed at the exchange, as far as it knows.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state.starts_with("active")
    }

    fn read(&mut self, message: &Message) {
        self.notes += 1;
        let state = message.header(Name::SubscriptionState);
        self.state = state.unwrap_or_default().to_owned();
        self.body = String::from_utf8_lossy(message.body()).into_owned();
        if self.lists {
            self.told.push(self.body.clone());
        }
        // a key follows one extension: what a list says of several is for tests to read
        if self.body.matches("<dialog-info").count() != 1 {
            return;
        }
        let document = self.body.split("<dialog-info").nth(1).unwrap_or_default();
        let version = value_of(document, " version=\"");
        let version: Option<u32> = version.and_then(|text| text.parse().ok());
        self.backwards += u32::from(version <= self.version);
        self.version = version;
        if self.body.contains("state=\"full\"") {
            self.dialogs.clear();
        }
        for piece in self.body.split("<dialog ").skip(1) {
            let id = value_of(piece, "id=\"").unwrap_or_default().to_owned();
            let state = piece.split("<state>").nth(1).unwrap_or_default();
            let state = state.split('<').next().unwrap_or_default();
            if state == "terminated" {
                self.dialogs.remove(&id);
            } else {
                self.dialogs.insert(id, state.to_owned());
            }
        }
    }

    /// An attribute of the first dialog in the last document.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let dialog = self.body.split("<dialog ").nth(1)?;
        value_of(dialog, &format!("{name}=\""))
    }
}

fn value_of<'a>(text: &'a str, begin: &str) -> Option<&'a str> {
    text.split(begin).nth(1)?.split('"').next()
}

impl Phone {
    /// Puts a key to an extension's event: it subscribes for `seconds`, again and again.
    pub fn watch(&mut self, number: &str, event: &str, seconds: u32, now: Instant) -> KeyId {
        self.subscribe(number, event, (seconds, false), now)
    }

    /// Puts keys to all extensions on a list by one subscription, as [`Phone::watch`] does to one.
    pub fn watch_list(&mut self, list: &str, event: &str, seconds: u32, now: Instant) -> KeyId {
        self.subscribe(list, event, (seconds, true), now)
    }

    fn subscribe(
        &mut self,
        number: &str,
        event: &str,
        (seconds, lists): (u32, bool),
        now: Instant,
    ) -> KeyId {
        let id = KeyId(self.index.keys.len());
        let domain = &self.account.domain;
        let key = Key {
            event: event.to_owned(),
            uri: format!("sip:{number}@{domain}"),
            dialog: KeyDialog {
                call_id: self.random.token(20),
                tag: self.random.token(8),
                ..KeyDialog::default()
            },
            seconds,
            lists,
            ..Key::default()
        };
        let _full = self
            .agent
            .dialogs
            .insert(&key.dialog.call_id, &key.dialog.tag, id.owner());
        self.index.keys.push(key);
        self.send_subscribe(id, None, now);
        id
    }

    /// Takes a key away again: it subscribes for no time.
    pub fn unwatch(&mut self, id: KeyId, now: Instant) {
        if let Some(key) = self.index.keys.get_mut(id.0) {
            key.seconds = 0;
            key.proofs = 0;
        }
        self.send_subscribe(id, None, now);
    }

    /// One key.
    ///
    /// # Panics
    /// There is no such key.
    #[must_use]
    pub fn key(&self, id: KeyId) -> &Key {
        &self.index.keys[id.0]
    }

    /// The texts that came to it (RFC 3428), oldest first: From and body.
    #[must_use]
    pub fn texts(&self) -> &[(String, String)] {
        &self.index.texts
    }

    pub(super) fn texted(&mut self, at: ServerKey, message: &Message, now: Instant) {
        let from = message.header(Name::From).unwrap_or_default().to_owned();
        let text = String::from_utf8_lossy(message.body()).into_owned();
        self.index.texts.push((from, text));
        let transactions = &mut self.agent.transactions;
        transactions.respond_simply(at, message, 200, now);
    }

    /// The key that was put on last.
    #[must_use]
    pub fn newest_key(&self) -> Option<KeyId> {
        self.index.keys.len().checked_sub(1).map(KeyId)
    }

    /// Lets all keys be: they are not refreshed any more.
    pub fn forget_keys(&mut self) {
        for key in &mut self.index.keys {
            key.seconds = 0;
        }
    }

    fn send_subscribe(&mut self, id: KeyId, proof: Option<String>, now: Instant) {
        let branch = self.agent.transactions.branch();
        let from = self.account.address();
        let (flow, inside) = (self.flow(), self.inside);
        let Some(key) = self.index.keys.get_mut(id.0) else {
            return;
        };
        key.dialog.cseq += 1;
        let to_tag = key.dialog.to_tag.as_ref();
        let to_tag = to_tag.map_or(String::new(), |tag| format!(";tag={tag}"));
        let mut builder = Builder::request(Method::Subscribe, &key.uri);
        builder
            .text(
                Name::Via,
                &format!("SIP/2.0/UDP {inside};rport;branch={branch}"),
            )
            .header(Name::MaxForwards, 70)
            .text(Name::From, &format!("{from};tag={}", key.dialog.tag))
            .text(Name::To, &format!("<{}>{to_tag}", key.uri))
            .text(Name::CallId, &key.dialog.call_id)
            .text(Name::CSeq, &format!("{} SUBSCRIBE", key.dialog.cseq))
            .text(Name::Contact, &self.agent.config.contact)
            .text(Name::Event, &key.event)
            .header(Name::Expires, key.seconds);
        if key.lists {
            builder
                .text(Name::Supported, "eventlist")
                .text(Name::Accept, READ)
                .text(
                    Name::Accept,
                    "application/dialog-info+xml, application/pidf+xml",
                );
        }
        if let Some(proof) = proof {
            builder.text(Name::ProxyAuthorization, &proof);
        }
        let sending = Sending {
            flow,
            branch,
            method: Method::Subscribe,
            bytes: builder.finish(),
            owner: id.owner(),
        };
        self.agent.transactions.request(sending, now);
    }

    /// Whether what happened concerns a key, or is a text; it is taken then.
    pub(super) fn is_for_key(&mut self, event: &Event, now: Instant) -> bool {
        match event {
            Event::Request { key, message, .. } if message.method() == Some(Method::Message) => {
                self.texted(*key, message, now);
                true
            }
            Event::Request { key, message, .. } => {
                let owner = self.agent.dialogs.find(message);
                let id = owner.and_then(KeyId::of);
                if let Some(id) = id {
                    self.notified(id, *key, message, now);
                }
                id.is_some()
            }
            Event::Response { owner, message, .. } => {
                let id = KeyId::of(*owner);
                if let Some(id) = id {
                    self.subscribed(id, message, now);
                }
                id.is_some()
            }
            Event::ClientTimedOut { owner, .. } | Event::ClientTransportFailed { owner, .. } => {
                KeyId::of(*owner).is_some()
            }
            Event::Ack { .. } | Event::Cancelled { .. } | Event::ServerTimedOut { .. } => false,
        }
    }

    fn subscribed(&mut self, id: KeyId, message: &Message, now: Instant) {
        let status = message.status().unwrap_or(0);
        let Some(key) = self.index.keys.get_mut(id.0).filter(|_| status >= 200) else {
            return;
        };
        if status == 407 && key.proofs < 2 {
            key.proofs += 1;
            let uri = key.uri.clone();
            let proof = self.proof(message, "SUBSCRIBE", &uri);
            return self.send_subscribe(id, proof, now);
        }
        key.status = Some(status);
        let to_tag = message.to().ok().and_then(|to| to.tag());
        key.dialog.to_tag = to_tag.filter(|_| status == 200).map(str::to_owned);
        if status == 200 && key.seconds > 0 {
            let wait = Duration::from_secs(u64::from(key.seconds) / 2);
            self.set_alarm(now + wait, Alarm::Watch(id));
        }
    }

    pub(super) fn watch_again(&mut self, id: KeyId, now: Instant) {
        let Some(key) = self.index.keys.get_mut(id.0).filter(|key| key.seconds > 0) else {
            return;
        };
        key.proofs = 0;
        self.send_subscribe(id, None, now);
    }

    fn notified(&mut self, id: KeyId, at: ServerKey, message: &Message, now: Instant) {
        let known = self.index.keys.get_mut(id.0);
        let status = match known {
            Some(key) if message.method() == Some(Method::Notify) => {
                key.read(message);
                200
            }
            Some(_) | None => 481,
        };
        let transactions = &mut self.agent.transactions;
        transactions.respond_simply(at, message, status, now);
    }
}
