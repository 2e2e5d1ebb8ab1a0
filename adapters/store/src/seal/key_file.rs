//! Master keys in a file, which is replaced whole when a key is added or dropped.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use ports::Entropy;
use zeroize::Zeroizing;

use super::key_source::{KeySource, parse};
use super::keyring::Keyring;
use super::master_key::{MasterKey, refuse_shared};

/// A file, readable by its owner alone; made with one new key when there is none.
pub struct KeyFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What a new key is made of.
    pub entropy: Arc<dyn Entropy>,
}

impl KeySource for KeyFile {
    fn keyring(&self) -> io::Result<Keyring> {
        match fs::read(&self.path).map(Zeroizing::new) {
            Ok(bytes) => {
                refuse_shared(&self.path)?;
                parse(&bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                MasterKey::create(&self.path, &*self.entropy).map(Keyring::of)
            }
            Err(error) => Err(error),
        }
    }
}

impl KeyFile {
    /// Puts a new key before those that are there. Gives how many there are now.
    ///
    /// # Errors
    /// `InvalidInput` when there are as many as are held at once, else what the operating system
    /// says.
    pub fn add(&self) -> io::Result<usize> {
        let ring = self.keyring()?;
        let full = "there are as many master keys as are held at once; drop old ones first";
        let fuller = ring.with_newest(MasterKey::generate(&*self.entropy));
        let fuller = fuller.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, full))?;
        self.replace(&fuller)?;
        Ok(fuller.names().len())
    }

    /// Drops all keys but the newest. Gives how many are gone.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep_newest(&self) -> io::Result<usize> {
        let ring = self.keyring()?;
        let gone = ring.names().len().saturating_sub(1);
        if gone > 0 {
            self.replace(&ring.newest_alone())?;
        }
        Ok(gone)
    }

    /// Writes the keys beside their place and moves them there, so that no start ever finds half.
    fn replace(&self, ring: &Keyring) -> io::Result<()> {
        let number = self.entropy.next_u128() >> 64;
        let draft = self.path.with_extension(format!("new-{number:016x}"));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(ring.to_text().as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &self.path)?;
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}
