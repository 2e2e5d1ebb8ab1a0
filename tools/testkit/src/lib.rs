//! Everything a test needs around an exchange: telephones, a network, a disk, and time.
//!
//! All of it is sans-IO and comes from one seed. A [`World`] holds an [`Exchange`] (the shard and
//! the road of the product, unchanged), [`Phone`]s that obey the standards, [`RawPhone`]s that
//! need not, and a [`Network`] that loses, repeats, delays and reorders what they send. A
//! [`Disk`] keeps what was flushed to it when the exchange is killed.

mod account;
mod carriers;
mod company;
mod disk;
mod exchange;
mod line;
mod network;
mod phone;
mod raw;
mod sound;
mod tapes;
mod token;
mod unshaken;
mod world;

pub use account::Account;
pub use company::{Company, Member, REALM};
pub use disk::{Disk, MemoryJournal, MemorySnapshots};
pub use exchange::{Exchange, Published, Setup, default_config};
pub use line::{Line, LineId, Told};
pub use network::{Link, Network, Packet, Weather};
pub use phone::{Key, KeyId, Manner, Phone, Reaction};
pub use raw::RawPhone;
pub use sound::{Direction, describe, direction_of, media_of};
pub use tapes::Tapes;
pub use token::{Heard, TOKEN_BYTES, canary_of, melody, token};
pub use unshaken::Unshaken;
pub use world::{Happening, PhoneId, RawId, World};
