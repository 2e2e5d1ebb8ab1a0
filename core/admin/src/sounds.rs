//! Use cases of sounds: what is heard of them, in and out.

use std::fmt;

use domain::{
    KindName, Language, Resource, SOUND_OCTETS_MAX, SOUND_RATE, Sound, SoundFacts, Tenant,
};
use ids::TenantId;
use ports::{Blob, BlobPlace, Kept, ReadSound, StoreError};
use serde_json::json;
use tenancy::{Located, TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;

/// Octets before the samples of a WAV.
const HEAD: u32 = 44;

/// Why a sound was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unkept {
    /// The company's sounds would have more octets than they may.
    Full {
        /// How many they may have.
        most: u64,
        /// How many the others have.
        in_use: u64,
        /// How many more were wanted.
        wanted: u64,
    },
    /// What the store says.
    Store(StoreError),
}

impl fmt::Display for Unkept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unkept::Full {
                most,
                in_use,
                wanted,
            } => write!(
                f,
                "sounds: limit {most} octets for everybody, in use {in_use}, wanted {wanted} more"
            ),
            Unkept::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unkept {}

impl From<StoreError> for Unkept {
    fn from(error: StoreError) -> Self {
        Unkept::Store(error)
    }
}

/// Keeps what is heard of a sound, in place of what was before. The document's revision rises, so
/// that its history, the audit trail and running exchanges know of it.
///
/// # Errors
/// [`Unkept`].
pub async fn keep(
    office: &Office,
    scope: &TenantScope,
    sound: Located<Sound>,
    heard: ReadSound,
) -> Result<SoundFacts, Unkept> {
    let facts = serde_json::to_string(&heard.facts);
    let about = facts.map_err(|error| corrupt(&error))?;
    let octets: Vec<u8> = heard.samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let (place, blob) = (BlobPlace::of(&sound), Blob { about, octets });
    let wanted = blob.length();
    let most = SOUND_OCTETS_MAX;
    match office.store().put_blob(scope, &place, blob, most).await? {
        Kept::Yes => {}
        Kept::Full { in_use } => {
            return Err(Unkept::Full {
                most,
                in_use,
                wanted,
            });
        }
    }
    touch(office, scope, sound).await?;
    Ok(heard.facts)
}

async fn touch(
    office: &Office,
    scope: &TenantScope,
    sound: Located<Sound>,
) -> Result<(), StoreError> {
    documents::patch::<Sound, _>(office, scope, sound, None, &json!({})).await?;
    Ok(())
}

fn corrupt(error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        detail: format!("what is known of a sound: {error}"),
    }
}

/// Keeps words that were spoken as what is heard of a sound, as an upload is kept.
///
/// # Errors
/// [`Unkept`].
pub async fn keep_spoken(
    office: &Office,
    scope: &TenantScope,
    sound: Located<Sound>,
    (words, samples): (&str, Vec<i16>),
) -> Result<SoundFacts, Unkept> {
    let (came, count) = (words.len(), samples.len());
    let wide = |size| u64::try_from(size).unwrap_or(u64::MAX);
    let facts = SoundFacts {
        format: "text".to_owned(),
        rate: SOUND_RATE,
        channels: 1,
        milliseconds: wide(count).saturating_mul(1_000) / u64::from(SOUND_RATE),
        came_octets: wide(came),
        kept_octets: wide(count).saturating_mul(2),
    };
    keep(office, scope, sound, ReadSound { facts, samples }).await
}

/// The language in which a company is spoken to.
///
/// # Errors
/// What the store says.
pub async fn language(office: &Office, scope: &TenantScope) -> Result<Language, StoreError> {
    let id = scope.tenant().to_string();
    let own = office.store().get(scope, KindName::Tenant, &id).await?;
    let own: Resource<Tenant> = own.ok_or(StoreError::NotFound)?.try_into()?;
    Ok(own.spec.language)
}

/// What is known of what was uploaded.
///
/// # Errors
/// `NotFound` when nothing was, else what the store says.
pub async fn facts(
    office: &Office,
    scope: &TenantScope,
    sound: Located<Sound>,
) -> Result<SoundFacts, StoreError> {
    let place = BlobPlace::of(&sound);
    let about = office.store().about_blob(scope, &place).await?;
    let about = about.ok_or(StoreError::NotFound)?;
    serde_json::from_str(&about).map_err(|error| corrupt(&error))
}

/// What is heard: one channel at 16 kHz, each sample of 16 bits with its low octet first.
///
/// # Errors
/// `NotFound` when nothing was uploaded, else what the store says.
pub async fn heard(
    office: &Office,
    scope: &TenantScope,
    sound: Located<Sound>,
) -> Result<Vec<u8>, StoreError> {
    let blob = office.store().blob(scope, &BlobPlace::of(&sound)).await?;
    Ok(blob.ok_or(StoreError::NotFound)?.octets)
}

/// Removes what is heard; the document stays.
///
/// # Errors
/// `NotFound` when nothing was uploaded, else what the store says.
pub async fn silence(
    office: &Office,
    scope: &TenantScope,
    sound: Located<Sound>,
) -> Result<(), StoreError> {
    let place = BlobPlace::of(&sound);
    if !office.store().remove_blob(scope, &place).await? {
        return Err(StoreError::NotFound);
    }
    touch(office, scope, sound).await
}

/// A sound as a file: WAV with samples as they are.
#[must_use]
pub fn wave(heard: &[u8]) -> Vec<u8> {
    let length = u32::try_from(heard.len()).unwrap_or(u32::MAX - HEAD);
    let mut file = Vec::with_capacity(heard.len() + HEAD as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(length + HEAD - 8).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // linear samples, of one channel
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&SOUND_RATE.to_le_bytes());
    file.extend_from_slice(&(SOUND_RATE * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(heard);
    file
}

/// What a company's own sound sounds like, by its id or name, for the running exchange: samples of
/// one channel at 16 kHz.
///
/// # Errors
/// `NotFound` when the sound is gone or nothing was uploaded, else what the store says.
pub async fn samples(
    office: &Office,
    tenant: TenantId,
    sound: &str,
) -> Result<Vec<i16>, StoreError> {
    let scope = TenantScope::for_job(tenant, "sound");
    let reference = Unresolved::<Sound>::new(sound.to_owned());
    let (located, _) = documents::find(office, &scope, &reference).await?;
    let octets = heard(office, &scope, located).await?;
    let (samples, _) = octets.as_chunks::<2>();
    Ok(samples
        .iter()
        .map(|sample| i16::from_le_bytes(*sample))
        .collect())
}
