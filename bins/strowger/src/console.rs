//! The machine's own console: a data folder opened by whoever may read it.

use std::fs;
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use admin::access::{self, Entered};
use admin::{DEFAULT_REALM, Office, documents};
use domain::{Reseller, Resource, Tenant};
use ports::{Page, StoreError, WallClock};
use shelf::Shelf;
use store::{Address, KeyPlace, OsEntropy, SqlStore, SystemClock, block_on};
use tenancy::{AccountScope, PlatformScope, Unresolved};

use crate::allocator;
use crate::arguments::Folder;
use crate::failure::Failure;
use crate::keys;

/// Longest password read from standard input, in bytes.
const SECRET_BYTES_MAX: u64 = 1_024;
/// Most bytes that are read of a private key; the rule says how many it may have.
const KEY_BYTES_MAX: u64 = 4_096;

/// An open data folder and the operator's authority over it.
pub(crate) struct Console {
    pub(crate) office: Office,
    pub(crate) platform: AccountScope,
}

impl Console {
    /// Opens a data folder, making it when there is none.
    ///
    /// # Errors
    /// The folder cannot be made or read, or its data is of a newer version.
    pub(crate) fn open(folder: &Folder) -> Result<Console, Failure> {
        let place = keys::place(folder.master_key.clone(), &folder.data);
        let office = open_office(&folder.data, folder.store.clone(), place)?;
        Ok(Console {
            office,
            platform: operator(),
        })
    }

    /// Goes down to a reseller.
    ///
    /// # Errors
    /// There is no such reseller.
    pub(crate) fn descend(&self, reseller: &str) -> Result<AccountScope, Failure> {
        let reference = Unresolved::<Reseller>::new(reseller);
        let found = documents::find(&self.office, &self.platform, &reference);
        let found = block_on(found).map_err(|error| {
            if error != StoreError::NotFound {
                return error.into();
            }
            Failure::new(format!("there is no reseller {reseller}")).next("strowger reseller list")
        })?;
        let scope = self.platform.descend(found.0);
        scope.ok_or_else(|| StoreError::NotFound.into())
    }

    /// Enters a company.
    ///
    /// # Errors
    /// There is no such company.
    pub(crate) fn enter(&self, tenant: &str) -> Result<Entered, Failure> {
        let reference = Unresolved::<Tenant>::new(tenant);
        let entered = block_on(access::visit(&self.office, &self.platform, &reference));
        entered.map_err(|error| {
            let error = StoreError::from(error);
            if error != StoreError::NotFound {
                return error.into();
            }
            let known = block_on(first_domains(&self.office, &self.platform));
            let next = if known.is_empty() {
                "there is no company yet; add one: strowger tenant add DOMAIN".to_owned()
            } else {
                format!("there are: {}", known.join(", "))
            };
            Failure::new(format!("there is no company {tenant}")).next(next)
        })
    }
}

/// What the store of a folder needs to be opened.
///
/// # Errors
/// The master keys cannot be had from where they are said to be.
pub(crate) fn settings(folder: &Folder) -> Result<store::Settings, Failure> {
    let place = keys::place(folder.master_key.clone(), &folder.data);
    store_settings(&folder.data, folder.store.clone(), place)
}

fn store_settings(
    data: &Path,
    address: Option<Address>,
    master_key: KeyPlace,
) -> Result<store::Settings, Failure> {
    Ok(store::Settings {
        address: address.unwrap_or_else(|| Address::Sqlite(data.to_owned())),
        keys: keys::source(master_key)?,
        entropy: Arc::new(OsEntropy),
    })
}

/// The operator's authority, by being at the machine: whoever may read the data folder and its
/// master key has all that is in it anyway.
pub(crate) fn operator() -> AccountScope {
    PlatformScope::at_console().account()
}

/// The same over the whole platform.
///
/// # Errors
/// None: the operator's authority reaches so far.
pub(crate) fn platform() -> Result<PlatformScope, Failure> {
    let scope = operator().platform();
    scope.ok_or_else(|| Failure::internal("the console has no platform"))
}

/// First domains of the first ten companies.
async fn first_domains(office: &Office, platform: &AccountScope) -> Vec<String> {
    let page = Page::first(10);
    let listed = documents::list(office, platform, &page).await;
    let items = listed.map(|listed| listed.items).unwrap_or_default();
    let first = |tenant: Resource<Tenant>| tenant.spec.domains.into_iter().next();
    items.into_iter().filter_map(first).collect()
}

/// Where the sound of recordings lies: a folder beside the other data of this node.
///
/// # Errors
/// The folder cannot be made.
pub(crate) fn shelf(data: &Path) -> Result<Shelf, Failure> {
    let root = data.join("recordings");
    let opened = Shelf::open(&root, Arc::new(OsEntropy));
    opened.map_err(|error| Failure::internal(format!("the folder {}: {error}", root.display())))
}

/// Opens a store, that of the data folder unless another is named, and an office over it and the
/// folder's recordings.
///
/// # Errors
/// The folder cannot be made or read, or its data is of a newer version.
pub(crate) fn open_office(
    data: &Path,
    address: Option<Address>,
    master_key: KeyPlace,
) -> Result<Office, Failure> {
    make_folder(data)?;
    let settings = store_settings(data, address, master_key)?;
    let entropy = Arc::clone(&settings.entropy);
    let opened = SqlStore::open(&settings);
    let store = opened.map_err(|error| Failure::internal(error.to_string()))?;
    store.at_rest(allocator::give_back);
    let clock: Arc<dyn WallClock> = Arc::new(SystemClock);
    let opened = block_on(Office::open(Arc::new(store), entropy, clock, DEFAULT_REALM));
    Ok(opened?.with_shelf(Arc::new(shelf(data)?)))
}

/// Makes the data folder, readable by its owner alone.
///
/// # Errors
/// What the operating system says.
pub(crate) fn make_folder(data: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(data);
    made.map_err(|error| {
        let place = data.display();
        Failure::internal(format!("the data folder {place} cannot be made: {error}"))
            .next("choose another with --data DIR")
    })
}

/// One line of standard input: a password.
///
/// # Errors
/// Nothing, or more than 1,024 bytes.
pub(crate) fn secret_from_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin()
        .take(SECRET_BYTES_MAX)
        .read_to_string(&mut text);
    read.map_err(|error| Failure::new(format!("standard input: {error}")))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Failure::new("standard input had no password")
            .next("try: printf %s 'the password' | strowger device add … --secret-stdin"));
    }
    Ok(line.to_owned())
}

/// A private key in PEM from standard input, all of its lines.
///
/// # Errors
/// When there is none.
pub(crate) fn key_from_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin()
        .take(KEY_BYTES_MAX)
        .read_to_string(&mut text);
    read.map_err(|error| Failure::new(format!("standard input: {error}")))?;
    if text.trim().is_empty() {
        return Err(Failure::new("standard input had no private key")
            .next("try: strowger signing-key add … --secret-stdin < key.pem"));
    }
    Ok(text)
}
