//! Resource kinds and fact kinds: their fields, invariants, references and unique keys.
//!
//! Configuration is documents ([`Document`]); each [`Kind`] is one Rust type with its
//! validation. Facts ([`Cdr`], [`AuditEntry`], [`FeedEntry`], [`Version`]) are only ever added;
//! a [`Ban`] is lifted, too.
//! [`CompiledTenant`] and [`Directory`] are what a live exchange asks instead of a database.

mod announcement_rule;
mod answerer;
mod audit;
mod ban;
mod brand;
mod call_class;
mod caller_proof;
mod cdr;
mod ceiling;
mod civic;
mod compiled;
mod conference_rule;
mod containment;
mod credentials;
mod delivery;
mod destinations;
mod device;
mod device_model;
mod dial_habits;
mod directory;
mod document;
mod e164;
mod emergency_location;
mod event;
mod extension;
mod facets;
mod fax;
mod feature;
mod fixed_role;
mod forwards;
mod groups;
mod hold;
mod http_url;
mod inbound_route;
mod invalid;
mod key_agreement;
mod kind;
mod kind_name;
mod kinds;
mod ladder;
mod lamps;
mod leg_sound;
mod limit;
mod music;
mod name;
mod number;
mod numbering;
mod outbound_route;
mod permission;
mod personal;
mod phone_report;
mod plan;
mod quality_shares;
mod quality_sums;
mod quotas;
mod rate_deck;
mod recorded_sides;
mod recording;
mod recording_keeper;
mod recording_notice;
mod recording_rule;
mod referrer;
mod reseller;
mod rights;
mod ring_seconds;
mod role;
mod schedule;
mod secret;
mod secret_rule;
mod shared_with;
mod signing;
mod signing_key;
mod site;
mod sound;
mod sound_facts;
mod source;
mod srtp;
mod sso;
mod subject;
mod support;
mod t38;
mod tenant;
mod text;
mod time_zone;
mod timeline;
mod token;
mod toll_budget;
mod toll_guard;
mod trunk;
mod trunk_order;
mod user;
mod video;
mod webhook;

pub use announcement_rule::{ANNOUNCEMENT_TEXT_MAX, AnnouncementRule};
pub use answerer::Answerer;
pub use audit::{AuditEntry, Change, FeedEntry, Version};
pub use ban::{BAN_LONGEST, BAN_NOTE_MAX, BAN_REMEMBERED, BANS_MAX, Ban, BanCause};
pub use brand::Brand;
pub use call_class::CallClass;
pub use caller_proof::{ProofRule, ProofVerdict, Proved};
pub use cdr::{
    ByTrunk, Cdr, CdrLeg, DiversionNote, End, Fault, LegDirection, Moves, Party, Quality,
    QualityPair, Step, TransferNote, Vouched,
};
pub use ceiling::{CEILING_MAX, Ceiling};
pub use civic::CivicAddress;
pub use compiled::{
    Barred, CompiledDevice, CompiledExtension, CompiledForwards, CompiledInbound, CompiledLocation,
    CompiledNumber, CompiledOutbound, CompiledSchedule, CompiledSigningKey, CompiledSite,
    CompiledTenant, CompiledTrunk, InboundCall, KnownBy, LineParts, TenantParts,
};
pub use compiled::{CompiledDeck, DeckShelf, Price, Priced, TYPICAL_CALL};
pub use compiled::{Guarding, Toll};
pub use conference_rule::{CONFERENCE_MEMBERS_MAX, ConferenceRule, RecordedConference};
pub use containment::Containment;
pub use credentials::{Credentials, Former, OVERLAP_MAX};
pub use delivery::{Delivery, DeliveryState, LastTry};
pub use device::{Device, FixedContact};
pub use device_model::{DEVICE_MODEL_MAX, device_model};
pub use dial_habits::{DialHabits, ShownCallers};
pub use directory::{Directory, DirectoryEntry};
pub use document::{Document, Resource};
pub use e164::E164;
pub use emergency_location::{EMERGENCY_LOCATIONS_MAX, EmergencyLocation};
pub use event::{Event, EventFilter, EventKind, FILTERS_MAX, HelpCalled, LocationTold};
pub use extension::{Destination, Extension};
pub use facets::{Facets, facets};
pub use fax::{
    FAX_ATTEMPTS, FAX_ATTEMPTS_MAX, FAX_NUMBER_MAX, FAX_OCTETS_MAX, FAX_PAGES_MAX, FAX_PAUSE,
    FAX_PAUSE_MAX, FAXES_OCTETS_MAX, FAXES_SENDING_MAX, FAXES_WAITING_MAX, Fax, FaxCarriage,
    FaxDirection, FaxFailure, FaxSending, FaxState, FaxTransport,
};
pub use feature::Feature;
pub use fixed_role::{FixedRole, Level};
pub use forwards::{DivertReason, FORWARD_SECONDS_DEFAULT, Forwards, NoAnswer};
pub use groups::GROUPS_MAX;
pub use hold::Hold;
pub use inbound_route::{INBOUND_ROUTES_MAX, InboundRoute};
pub use invalid::Invalid;
pub use key_agreement::KeyAgreement;
pub use kind::{KeyScope, Kind, Link, Place, Reference, UniqueKey};
pub use kind_name::{KindName, UnknownKind};
pub use kinds::ForKind;
pub use ladder::{KeptLadders, Ladder, Rung, Way};
pub use lamps::{LAMP_LIST_MAX, LAMP_LIST_PREFIX, LampDocuments, Lamps};
pub use leg_sound::LegSound;
pub use limit::{Limit, SetBy};
pub use music::{MUSIC_MAX, Music, MusicOrder, PLAYLIST_MAX};
pub use number::{NUMBER_SPACE, Number, NumberState};
pub use numbering::emergency::{
    help_number, is_help_everywhere, is_help_in, is_help_in_many, trial_number,
};
pub use outbound_route::{DialPattern, OUTBOUND_ROUTES_MAX, OutboundRoute};
pub use permission::{NoPermission, Pattern, Permission, Topic, Verb};
pub use personal::{Fact, Personal, Treatment, of_kind};
pub use phone_report::{LateReport, PhoneReport, PhoneReportKind, PhoneReports};
pub use phrases::Language;
pub use plan::Plan;
pub use quality_shares::{
    NO_SITE, OTHER, QUALITY_VALUES_MAX, QualityBy, UNKNOWN, hour_of, quality_shares,
};
pub use quality_sums::{POOR_MOS_X100, QualitySums};
pub use quotas::{Quotas, ResellerLimits};
pub use rate_deck::{RATE_DECKS_MAX, RATES_MAX, Rate, RateDeck};
pub use recorded_sides::RecordedSides;
pub use recording::{RECORDED_MEMBERS_MAX, Recording, RecordingKey, RecordingState};
pub use recording_keeper::RecordingKeeper;
pub use recording_notice::{NoticeTo, RecordingNotice};
pub use recording_rule::{RecordedCalls, RecordingRule};
pub use referrer::Referrer;
pub use reseller::{GRANTED_PLANS_MAX, PORTAL_SPACE, Reseller};
pub use rights::Rights;
pub use ring_seconds::{RING_SECONDS_DEFAULT, RING_SECONDS_MAX, RING_SECONDS_MIN};
pub use role::{PERMISSIONS_MAX, Role};
pub use schedule::{Hours, SCHEDULES_MAX, Schedule, Standing};
pub use secret::{Digests, PEM_MAX, SECRET_MAX, SECRET_MIN, Secret};
pub use secret_rule::SecretRule;
pub use shared_with::SHARED_MAX;
pub use signing::{KEY_OVERLAP, SigningKeys};
pub use signing_key::{SIGNING_KEYS_MAX, SigningKey};
pub use site::{SITES_MAX, Site};
pub use sound::{SOUND_OCTETS_MAX, SOUND_RATE, SOUND_SECONDS_MAX, SOUNDS_MAX, Sound};
pub use sound_facts::SoundFacts;
pub use source::SourceAddress;
pub use srtp::Srtp;
pub use sso::{SSO_MAX, Sso};
pub use subject::Subject;
pub use support::{
    SUPPORT_HOUR, SUPPORT_KEPT, SUPPORT_LONGEST, SUPPORT_REASON_MAX, SUPPORT_WAITING_MAX,
    SupportAccess, SupportPolicy, SupportState,
};
pub use t38::T38;
pub use tenant::{DOMAINS_MAX, MAIL_DOMAIN_SPACE, MAIL_DOMAINS_MAX, Tenant};
pub use timeline::{Listening, QualitySample, TIMELINE_SAMPLES, Timeline, Timelines};
pub use token::{
    FormerText, SCOPES_MAX, TOKEN_OVERLAP, TOKEN_OVERLAP_MAX, TOKEN_USE_STEP, TOKENS_ENDED_KEPT,
    TOKENS_MAX, TokenRecord, check_scopes,
};
pub use toll_budget::{BudgetOf, NUMBERS_MAX, TollBudget, TollLimits, TollPrice};
pub use toll_guard::{TOLL_GUARDS_MAX, TollGuard};
pub use trunk::{
    CalledIn, Dialling, EmergencyUri, FAILOVER_MAX, HEADER_RULES_MAX, HeaderAction,
    HeaderDirection, HeaderFacts, HeaderRule, NumberForm, PEERS_MAX, Peer, PresetAsk, RELAYED_MAX,
    RELAYED_VALUE_MAX, ReliableAnswers, SOURCES_MAX, Source, TRUNK_DECKS_MAX, TRUNKS_MAX,
    Transport, Trunk, TrunkAttestation, TrunkCaps, TrunkDay, TrunkDialogs, TrunkDiversion,
    TrunkIdentity, TrunkLocation, TrunkMode, TrunkPreset, TrunkShare, TrunkSiprec, may_be_relayed,
};
pub use trunk_order::{QualityFloor, TrunkOrder};
pub use user::User;
pub use video::Video;
pub use webhook::{WEBHOOKS_MAX, Webhook};
