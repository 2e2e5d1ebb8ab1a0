//! What is kept of each name, and the account: JSON in the platform's sealed book.

use ports::{Given, StoreError};
use renewal::Standing;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::office::Office;

/// What the names of certificates begin with in the book.
const CERTIFICATES: &str = "certificate/";

/// How often a change is tried that others come before.
const TRIES: usize = 5;

/// What is kept of a name.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) standing: Standing,
    /// The chain in PEM; empty before the first.
    pub(super) chain: String,
    /// The private key in PEM.
    pub(super) key: String,
}

impl Kept {
    fn new(name: &str) -> Kept {
        Kept {
            standing: Standing::new(name),
            chain: String::new(),
            key: String::new(),
        }
    }

    pub(super) fn given(&self) -> Option<Given> {
        (!self.chain.is_empty()).then(|| Given {
            chain: self.chain.clone(),
            key: self.key.clone(),
        })
    }
}

fn corrupt(name: &str) -> StoreError {
    StoreError::Corrupt {
        detail: format!("what is kept as {name} cannot be read"),
    }
}

fn read<T: DeserializeOwned>(name: &str, content: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(content).map_err(|_| corrupt(name))
}

fn written(name: &str, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|_| corrupt(name))
}

/// Everything that is kept of names.
pub(super) async fn all(office: &Office) -> Result<Vec<Kept>, StoreError> {
    let kept = office.store().sealed(CERTIFICATES).await?;
    kept.iter().map(|(name, kept)| read(name, kept)).collect()
}

/// What is kept under one name, as it is and as it is read.
pub(super) async fn one<T: DeserializeOwned>(
    office: &Office,
    name: &str,
) -> Result<Option<(Vec<u8>, T)>, StoreError> {
    let mut found = office.store().sealed(name).await?;
    found.retain(|(found, _)| found == name);
    let Some((_, content)) = found.pop() else {
        return Ok(None);
    };
    let value = read(name, &content)?;
    Ok(Some((content, value)))
}

/// Puts a value in place of what was read; tells whether nobody came before.
pub(super) async fn swap<T: Serialize>(
    office: &Office,
    name: &str,
    was: Option<&[u8]>,
    now: Option<&T>,
) -> Result<bool, StoreError> {
    let now = now.map(|now| written(name, now)).transpose()?;
    office.store().swap_sealed(name, was, now.as_deref()).await
}

/// Puts a value, whatever was there.
pub(super) async fn put<T: Serialize>(
    office: &Office,
    name: &str,
    now: Option<&T>,
) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        let found = office.store().sealed(name).await?;
        let was = found.iter().find(|(found, _)| found == name);
        let was = was.map(|(_, content)| content.as_slice());
        if swap(office, name, was, now).await? {
            return Ok(());
        }
    }
    Err(crowded(name))
}

/// Changes what is kept of a host, which is made where there is nothing.
pub(super) async fn change(
    office: &Office,
    host: &str,
    change: impl Fn(&mut Kept),
) -> Result<Kept, StoreError> {
    let name = format!("{CERTIFICATES}{host}");
    for _ in 0..TRIES {
        let (was, mut kept) = match one::<Kept>(office, &name).await? {
            Some((was, kept)) => (Some(was), kept),
            None => (None, Kept::new(host)),
        };
        change(&mut kept);
        if swap(office, &name, was.as_deref(), Some(&kept)).await? {
            return Ok(kept);
        }
    }
    Err(crowded(&name))
}

/// Removes what is kept of a host.
pub(super) async fn forget(office: &Office, host: &str) -> Result<(), StoreError> {
    put::<Kept>(office, &format!("{CERTIFICATES}{host}"), None).await
}

fn crowded(name: &str) -> StoreError {
    StoreError::Unavailable {
        detail: format!("others keep changing what is kept as {name}"),
    }
}
