//! Small traits to the outside, and the look-ups that turn outside references into found things.
//!
//! A tenant's data is reached through [`Store`] and an account's through [`AccountStore`], none of
//! whose methods lacks a scope. What is the platform's is reached through [`ExchangeStore`] (the
//! running exchange), [`BanBook`] (its defence), [`FrontDoor`] and [`CredentialStore`] (before it
//! is known who asks). [`Books`] hold what happens in tenants and is no document, [`Safes`] what is
//! sealed or hashed, and [`Removals`] take tenants away, out and in. [`Stores`] is all of them.

mod account;
mod archive;
mod authority;
mod bans;
mod blobs;
mod change;
mod courier;
mod credentials;
mod deliveries;
mod enquirer;
mod erasure;
mod error;
mod events;
mod exchange;
mod facts;
mod fax_reader;
mod faxes;
mod fixed;
pub mod frame;
mod front_door;
mod heavy_work;
mod hook_desk;
mod host;
mod journal;
mod keys;
mod ladders;
mod live;
mod live_conference;
mod live_recording;
mod live_sound;
mod live_trunk;
mod live_usage;
mod locate;
mod mailer;
mod memory_shelf;
mod page;
mod parts_refused;
mod quality;
mod quota;
mod ready;
mod recordings;
mod references;
mod sealed_book;
mod secrets;
mod snapshots;
mod sound_reader;
mod store;
mod support;
mod tenant_archive;
mod tokens;
mod voice;

pub use account::{ACCOUNT_DEPTH_MAX, AccountStore};
pub use archive::{ArchiveError, Giver, LentTaker, Taker};
pub use authority::{CertificateAuthority, ChallengeDesk, Given, Refusal};
pub use bans::BanBook;
pub use blobs::{BLOB_ABOUT_MAX, BLOB_MAX, Blob, BlobBook, BlobPlace, Kept, check_blob};
pub use change::{
    Change, Committed, OPERATIONS_MAX, Operation, PARTS_OPERATIONS_MAX, Part, SecretChange, Write,
    Written,
};
pub use courier::{Courier, CourierError, PARCEL_MAX, Parcel, Receipt};
pub use credentials::{
    CREDENTIALS_LOGINS_MAX, CREDENTIALS_MAX, CredentialRecord, CredentialStore, Person,
    SAME_MAIL_MAX,
};
pub use deliveries::{DELIVERIES_KEPT, DeliveryBook, DeliveryQuery};
pub use enquirer::{Answered, ENQUIRY_MAX, Enquirer, Enquiry, NoEnquirer};
pub use erasure::{ERASE_STEP, Erased, ErasureStore};
pub use error::{Fault, StoreError};
pub use events::{
    EVENT_DAYS, EVENTS_KEPT, EVENTS_SCANNED, EventHead, EventLog, EventPage, EventQuery,
};
pub use exchange::{ExchangeStore, FeedWatch};
pub use facts::{FACTS_AT_ONCE, FactStore};
pub use fax_reader::{FaxReader, NoFaxReader};
pub use faxes::{FaxBook, FaxListing, FaxQuery, check_fax};
pub use fixed::{FixedClock, SeededEntropy};
pub use front_door::{FrontDoor, IDEMPOTENCY_HOURS, ONCE_MAX, RESPONSE_MAX, Reply, Turn};
pub use heavy_work::{AtOnce, Busy, HeavyWork, apart};
pub use hook_desk::{HookDesk, NoHooks};
pub use host::{Entropy, WallClock};
pub use journal::{Journal, JournalRecord, Mark};
pub use keys::{KeyStatus, KeyStore, MasterKeyUse, RESEAL_STEP, Resealed};
pub use ladders::LadderBook;
pub use live::{LiveCall, LiveError, LiveExchange, LiveLeg, LivePush, LiveRegistration, Why};
pub use live_conference::{LiveConference, LiveMember, Seat};
pub use live_recording::{LiveRecording, RecordingWish};
pub use live_sound::{CallLately, Lately, LegLately, SOUNDS_MAX, SoundsLately};
pub use live_trunk::{LiveQuality, LiveShare, LiveTrunk};
pub use live_usage::{LiveUsage, Metered};
pub use locate::{locate, locate_below, read};
pub use mailer::{MAIL_BODY_MAX, MAIL_SUBJECT_MAX, Mail, MailError, Mailer, NoMailer};
pub use memory_shelf::MemoryShelf;
pub use page::{
    AuditListing, CdrListing, CdrQuery, Cursor, FeedPage, Filter, Listing, Order, PAGE_MAX, Page,
};
pub use parts_refused::PartsRefused;
pub use quality::{
    QualityBook, QualityGroups, QualityListing, QualityOf, QualityQuery, QualitySummary,
};
pub use quota::QuotaMet;
pub use ready::{NotReady, ready};
pub use recordings::{
    NoShelf, RecordedForm, RecordedPieces, RecordingBook, RecordingListing, RecordingQuery,
    RecordingShelf, ShelfError,
};
pub use references::{ReferenceBook, Referrers};
pub use sealed_book::{SEALED_MAX, SEALED_NAMES_MAX, Sealed, SealedBook};
pub use secrets::SecretStore;
pub use snapshots::{Bucket, Snapshots};
pub use sound_reader::{NoSoundReader, ReadSound, SoundReader, SoundRefusal};
pub use store::{Books, HISTORY_MAX, Removals, Safes, Store, Stores};
pub use support::{SUPPORT_OF_ONE, SupportBook, SupportStanding};
pub use tenant_archive::{ARRIVALS_MAX, ArchiveStore, Arrival, Belonging, FACTS_MAX, Fact, Thing};
pub use tokens::{Renewal, TokenBook, TokenReach};
pub use voice::{NoVoice, SPOKEN_TEXT_MAX, SpeechEngine, Voice, VoiceRefusal};
