//! The command line, and the help that teaches it.

pub(crate) mod archive;
pub(crate) mod backup;
pub(crate) mod ban;
pub(crate) mod certificate;
pub(crate) mod document;
pub(crate) mod emergency;
pub(crate) mod explain;
pub(crate) mod fax;
pub(crate) mod key;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod quality;
pub(crate) mod rate_deck;
pub(crate) mod recording;
pub(crate) mod replay;
pub(crate) mod serve;
pub(crate) mod sheet;
pub(crate) mod snapshot;
pub(crate) mod sound;
pub(crate) mod token;
pub(crate) mod trunk;
pub(crate) mod usage;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use store::{Address, KeyPlace};

use archive::ArchiveArguments;
use backup::{BackupArguments, CheckArguments, RestoreArguments};
use ban::BanArguments;
use certificate::CertificateArguments;
use document::{AccountKind, AnyKind, TenantKind};
use emergency::EmergencyReportArguments;
use explain::ExplainArguments;
use fax::FaxArguments;
use key::KeyArguments;
use people::PeopleArguments;
use person::{EraseArguments, PersonArguments};
use quality::QualityArguments;
use rate_deck::RateDeckArguments;
use recording::RecordingArguments;
use replay::ReplayArguments;
use serve::ServeArguments;
use sheet::{ExportArguments, ImportArguments};
use snapshot::{ApplyArguments, PlanArguments, SnapshotArguments};
use sound::SoundArguments;
use token::TokenArguments;
use trunk::TrunkArguments;
use usage::UsageArguments;

/// What everybody may say.
#[derive(Parser)]
#[command(
    name = "strowger",
    version,
    about = "A telephone exchange for many companies in one binary.",
    long_about = "A telephone exchange for many companies in one binary.\n\n\
        Each company (a tenant) has its own SIP domain, extensions and devices, and can neither \
        see, hear nor slow another. Begin with two demonstration companies:\n\n  \
        strowger demo  --data ./data\n  strowger serve --data ./data\n\n\
        The commands reseller, plan, tenant, extension, device, token and cdr work on the data \
        folder itself, \
        while the exchange runs or not; changes are in force for the next call.",
    after_help = "More: docs/guide in the source, or `strowger help COMMAND`.",
    arg_required_else_help = true
)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be done.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the exchange until SIGTERM or Ctrl-C
    Serve(Box<ServeArguments>),
    /// Make companies to try the exchange out with, and print their accounts once
    Demo(DemoArguments),
    /// List, add, change and remove resellers
    Reseller(AccountKind),
    /// Show what applying a snapshot would do; or list, add, change and remove plans
    Plan(PlanArguments),
    /// Write what the exchange has as readable text, without passwords
    Snapshot(SnapshotArguments),
    /// Make and change what a snapshot says
    Apply(ApplyArguments),
    /// Make and change documents of a kind as a sheet (CSV) says
    Import(ImportArguments),
    /// Write documents of a kind as a sheet (CSV), without passwords
    Export(ExportArguments),
    /// List, add, change and remove companies
    #[command(after_help = "Example: strowger tenant add initech.example display_name=Initech")]
    Tenant(AccountKind),
    /// List, add, change and remove a company's extensions
    #[command(after_help = "Example: strowger extension add acme.example 104 ring_seconds=20")]
    Extension(TenantKind),
    /// List, add, change and remove what registers: a company's devices
    #[command(after_help = "Example: strowger device add acme.example acme-104 extension=104")]
    Device(TenantKind),
    /// List, add, change, remove and invite people: the operator's, a reseller's or a company's
    #[command(
        after_help = "Example: strowger user add --tenant acme.example ann@acme.example role=user"
    )]
    User(PeopleArguments),
    /// List, add, change and remove roles beside those that are always there
    Role(AnyKind),
    /// List, add, change and remove webhooks: endpoints of a company's that are told of events
    #[command(
        after_help = "Example: strowger webhook add acme.example crm url=https://crm.acme.example/"
    )]
    Webhook(TenantKind),
    /// List, add, change and remove a company's own sign-in servers; add gives the client secret
    /// that the server gave with --secret-stdin
    #[command(
        after_help = "Example: strowger sso add acme.example entra client_id=pbx \
                      issuer=https://login.acme.example 'domains=[\"acme.example\"]' \
                      --secret-stdin < secret"
    )]
    Sso(TenantKind),
    /// List, add, change and remove rate decks, which say what carriers ask for calls: the
    /// operator's, a reseller's or a company's
    #[command(after_help = "Example: strowger rate-deck add europe currency=EUR \\
                      'rates=[{\"prefix\": \"49\", \"per_minute\": 9000}]'\n\
                      then: strowger trunk set carrier 'rate_decks=[\"europe\"]'")]
    RateDeck(RateDeckArguments),
    /// List, add, change and remove trunks: the operator's, a reseller's or a company's; add gives
    /// the secret that the carrier gave with --secret-stdin
    #[command(after_help = "Example: strowger trunk add carrier mode=peer \\
                      'peers=[\"sip:sbc.carrier.example\"]' 'shared_with=[\"acme.example\"]'\n\
                      or, with what is known of the carrier: strowger trunk add carrier \
                      preset=twilio account=acme")]
    Trunk(TrunkArguments),
    /// List, add, change and remove telephone numbers of the inventory
    #[command(
        after_help = "Example: strowger number add +493055501 tenant=acme.example state=assigned"
    )]
    Number(AccountKind),
    /// List, add, change and remove keys that sign calls: the operator's, a reseller's or a
    /// company's; add takes the private key with --secret-stdin
    #[command(
        after_help = "Example: strowger signing-key add shaken \"certificates=$(cat chain.pem)\" \\
                      'x5u=https://pbx.operator.example/.well-known/stir/{id}.pem' \\
                      'shared_with=[\"acme.example\"]' --secret-stdin < key.pem"
    )]
    SigningKey(AnyKind),
    /// List, add, change and remove a company's hours and holidays
    #[command(
        after_help = "Example: strowger schedule add acme.example office time_zone=Europe/Berlin \\
                      'open=[\"mon-fri 09:00-17:30\"]' 'holidays=[\"12-25..12-26\"]'"
    )]
    Schedule(TenantKind),
    /// List, add, change and remove a company's recordings; what is heard is spoken, or uploaded by
    /// the API
    #[command(
        after_help = "Example: strowger sound add acme.example waltz on_hold=true\n         \
                            strowger sound say acme.example closed \"We are closed today.\""
    )]
    Sound(SoundArguments),
    /// List, add, change and remove a company's programmes of music on hold
    #[command(
        after_help = "Example: strowger music add acme.example evening on_hold=true \
                      'playlist=[\"waltz\", \"tango\"]'"
    )]
    Music(TenantKind),
    /// List, add, change and remove places that help can be sent to
    #[command(
        after_help = "Example: strowger emergency-location add acme.example berlin-3 default=true \\
                      'civic={\"country\": \"DE\", \"a3\": \"Berlin\", \"rd\": \"Ring\"}' \\
                      callback=+493055500 'mail_to=[\"desk@acme.example\"]'"
    )]
    EmergencyLocation(TenantKind),
    /// List, add, change and remove sites: networks whose phones are at a place
    #[command(
        after_help = "Example: strowger site add acme.example berlin location=berlin-3 \\
                      'networks=[\"203.0.113.0/28\"]'"
    )]
    Site(TenantKind),
    /// List, add, change and remove a company's rules for calls that come in by trunks
    #[command(
        after_help = "Example: strowger inbound-route add acme.example desk called=+493055501 \\
                      extension=101"
    )]
    InboundRoute(TenantKind),
    /// List, add, change and remove a company's rules for calls that go out by trunks
    #[command(
        after_help = "Example: strowger outbound-route add acme.example national \\
                      'patterns=[{\"prefix\": \"0\", \"min\": 6}]' strip=1 prepend=+49 \\
                      'trunks=[\"carrier\"]'"
    )]
    OutboundRoute(TenantKind),
    /// List, add, change and remove a company's budgets for calls by trunks
    #[command(
        after_help = "Example: strowger toll-guard add acme.example nights schedule=office \\
                      when=closed 'budget={\"limits\": {\"calls_at_once\": 0}}'"
    )]
    TollGuard(TenantKind),
    /// List, add and change devices that may not call out by trunks; remove releases one
    #[command(after_help = "Example: strowger containment remove acme.example acme-101")]
    Containment(TenantKind),
    /// Tell where a call would go, and why
    Explain(ExplainArguments),
    /// Tell which calls of the past would go elsewhere, by proposed documents or since they were
    Replay(ReplayArguments),
    /// Show what each telephone's call for help would tell, and which such calls there were
    EmergencyReport(EmergencyReportArguments),
    /// List, make, show, rotate and revoke API keys
    Token(TokenArguments),
    /// Find, hand out and erase what is known of a person
    Person(PersonArguments),
    /// List, add, change and release a company's legal holds
    #[command(
        after_help = "Example: strowger hold add acme.example case-17 reason=Lawsuit extension=101"
    )]
    Hold(TenantKind),
    /// Erase a company for good, with its key, and report what was erased
    Erase(EraseArguments),
    /// Look at and replace the keys that seal secrets
    Key(KeyArguments),
    /// List, add and lift bans: sources whose SIP messages are not read for a while
    Ban(BanArguments),
    /// List certificates of TLS, and have those that come by themselves asked for anew
    Certificate(CertificateArguments),
    /// Show what a company or a reseller has, what it may have, and who says so
    Usage(UsageArguments),
    /// Summarise how a company's calls sounded, or those by a trunk
    Quality(QualityArguments),
    /// Read a company's call records, and why each call went where it went
    Cdr(CdrArguments),
    /// List, show, fetch and delete a company's recordings of calls
    Recording(RecordingArguments),
    /// List, show, fetch and delete a company's faxes
    Fax(FaxArguments),
    /// Make the tables of a PostgreSQL database, or bring them to this release
    Prepare(PrepareArguments),
    /// Take one company out into an encrypted file, bring it back, move it, clone it
    Archive(ArchiveArguments),
    /// Write everything into one encrypted file, while the exchange works
    Backup(BackupArguments),
    /// Bring a backup back into a new store, compare and look through it
    Restore(RestoreArguments),
    /// Look a store through: do its keys open its secrets, do names and references agree?
    Check(CheckArguments),
    /// Move a stopped exchange's store into another database, and compare the two
    Migrate(MigrateArguments),
    /// What the exchange starts for each fax: an engine that is spoken to by pipes
    #[command(hide = true)]
    FaxEngine,
}

/// The data folder.
#[derive(Args, Clone)]
pub(crate) struct Folder {
    /// The data folder; it is made when there is none
    #[arg(
        long,
        value_name = "DIR",
        env = "STROWGER_DATA",
        default_value = "./data",
        global = true
    )]
    pub(crate) data: PathBuf,
    /// Where the store is: sqlite:FOLDER or postgres://ROLE@HOST/DATABASE
    /// [default: the data folder]
    #[arg(
        long,
        value_name = "URL",
        env = "STROWGER_STORE",
        hide_env_values = true,
        global = true
    )]
    pub(crate) store: Option<Address>,
    /// Where the master keys are: a file, env:NAME or command:PROGRAM ARGUMENT...
    /// [default: master.key in the data folder]
    #[arg(long, value_name = "PLACE", env = "STROWGER_MASTER_KEY", global = true)]
    pub(crate) master_key: Option<KeyPlace>,
}

/// Arguments of `prepare`.
#[derive(Args)]
#[command(after_help = "\
Safe to run again, and while exchanges of this release or the one before it work. Example:
  strowger prepare --owner postgres://strowger_owner@db.example/strowger \\
                   --store postgres://strowger@db.example/strowger")]
pub(crate) struct PrepareArguments {
    /// The database, with the role that the exchange works as
    #[arg(
        long,
        value_name = "URL",
        env = "STROWGER_STORE",
        hide_env_values = true
    )]
    pub(crate) store: Address,
    /// The same database, with the role that owns the tables
    #[arg(
        long,
        value_name = "URL",
        env = "STROWGER_STORE_OWNER",
        hide_env_values = true
    )]
    pub(crate) owner: Address,
}

/// Arguments of `migrate`.
#[derive(Args)]
#[command(after_help = "\
The exchange must be stopped: what is written meanwhile would be left behind. The target must be \
prepared and empty, and holds nothing when the move fails. Secrets stay sealed under the same \
master key. Example:
  strowger migrate --from sqlite:./data --to postgres://strowger@db.example/strowger
  strowger serve --data ./data --store postgres://strowger@db.example/strowger")]
pub(crate) struct MigrateArguments {
    /// The store to move: sqlite:FOLDER or postgres://ROLE@HOST/DATABASE
    #[arg(long, value_name = "URL")]
    pub(crate) from: Address,
    /// Where to
    #[arg(long, value_name = "URL")]
    pub(crate) to: Address,
    /// Where the master keys are: a file, env:NAME or command:PROGRAM ARGUMENT...
    /// [default: master.key in the folder of --from]
    #[arg(long, value_name = "PLACE", env = "STROWGER_MASTER_KEY")]
    pub(crate) master_key: Option<KeyPlace>,
}

/// Arguments of `demo`.
#[derive(Args)]
#[command(after_help = "\
The first time, the accounts are printed with their passwords, and the operator's API key. They \
are kept nowhere in readable form. A second time, what is there is left alone; a forgotten \
password is replaced by `strowger device secret`.")]
pub(crate) struct DemoArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// Print JSON for programs
    #[arg(long)]
    pub(crate) json: bool,
    /// Companies: acme.example, globex.example, company3.example and so on
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) tenants: usize,
    /// Extensions of each company, from 101 on, with one device each
    #[arg(long, value_name = "M", default_value_t = 3)]
    pub(crate) extensions: usize,
    /// Add the company load.example with this many users for load drivers; such a folder is
    /// served on loopback addresses only
    #[arg(long, value_name = "USERS")]
    pub(crate) load: Option<usize>,
}

/// Arguments of `cdr`.
#[derive(Args)]
pub(crate) struct CdrArguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(subcommand)]
    pub(crate) verb: CdrVerb,
}

/// Verbs of `cdr`.
#[derive(Subcommand)]
pub(crate) enum CdrVerb {
    /// List a company's latest calls
    List {
        /// The company's domain or id
        tenant: String,
        /// How many, at most 500
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Show one as JSON
    Show {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        cdr: String,
    },
    /// Draw the SIP messages that are kept of a call, with what was decided between them
    Ladder {
        /// The company's domain or id
        tenant: String,
        /// The id of its record, as `list` shows it
        cdr: String,
        /// Show the messages themselves, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Draw how each leg of a call sounded, from second to second
    Quality {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        cdr: String,
    },
    /// Tell why a call went where it went
    Why {
        /// The company's domain or id
        tenant: String,
        /// Its id, as `list` shows it
        cdr: String,
    },
}
