//! One binding: a device, or a gateway, can be reached at this contact, over this flow, until then.

use crate::Registrant;
use ids::{BindingId, DeviceId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use sip_message::{Flow, Uri};

/// Version of the stored form; a reader refuses what it does not know.
const VERSION: u8 = 1;

/// One registered contact of a device, or of a trunk's gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding<Who = DeviceId> {
    /// Its own id.
    pub id: BindingId,
    /// Whose company's.
    pub tenant: TenantId,
    /// Which device, or by which trunk.
    #[serde(rename = "device")]
    pub who: Who,
    /// The contact's URI, as the device wrote it.
    pub contact: Box<str>,
    /// Where the registration came from; requests to the device go back there.
    pub flow: Flow,
    /// The proxies on the way back, nearest first (RFC 3327).
    pub path: Box<[Box<str>]>,
    /// `+sip.instance` (RFC 5626 §4.1).
    pub instance: Option<Box<str>>,
    /// `reg-id` (RFC 5626 §4.2).
    pub reg_id: Option<u32>,
    /// Preference, 0 to 1000.
    pub q: u16,
    /// What the device calls itself.
    pub user_agent: Box<str>,
    /// Call-ID of the registration.
    pub call_id: Box<str>,
    /// Its last sequence number.
    pub cseq: u32,
    /// When it was made or last refreshed.
    pub registered_at: WallTime,
    /// When it ends.
    pub expires_at: WallTime,
    /// Where the device proved itself with its former secret: when that one is void.
    #[serde(default)]
    pub former_until: Option<WallTime>,
}

/// The bytes are not a binding of a version known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DamagedBinding;

impl<Who: Registrant> Binding<Who> {
    /// Its stored form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(384);
        bytes.push(VERSION);
        // Writing plain fields into memory cannot fail; an empty form is refused when read.
        if serde_json::to_writer(&mut bytes, self).is_err() {
            bytes.clear();
        }
        bytes
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`DamagedBinding`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Binding<Who>, DamagedBinding> {
        match bytes.split_first() {
            Some((&VERSION, body)) => serde_json::from_slice(body).map_err(|_| DamagedBinding),
            Some(_) | None => Err(DamagedBinding),
        }
    }

    /// Whether both are flows to one phone: bindings of the same instance (RFC 5626 §4.1).
    #[must_use]
    pub fn is_same_phone(&self, other: &Binding<Who>) -> bool {
        self.id == other.id || (self.instance.is_some() && self.instance == other.instance)
    }

    /// Whether it is the connection that was registered by which the device is reached: not where a
    /// proxy stands between, which has flows of its own to it.
    #[must_use]
    pub(crate) fn connection(&self) -> u64 {
        if self.path.is_empty() {
            self.flow.connection
        } else {
            0
        }
    }

    /// Whether a registration of `contact` renews this binding: the same instance and flow number
    /// where both say (RFC 5626 §6), else an equal address (RFC 3261 §19.1.4).
    pub(crate) fn is_renewed_by(
        &self,
        contact: &str,
        instance: Option<&str>,
        reg_id: Option<u32>,
    ) -> bool {
        match (&self.instance, self.reg_id, instance, reg_id) {
            (Some(mine), Some(my_reg), Some(theirs), Some(their_reg)) => {
                **mine == *theirs && my_reg == their_reg
            }
            _ => is_same_address(&self.contact, contact),
        }
    }
}

fn is_same_address(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    match (Uri::parse(a), Uri::parse(b)) {
        (Ok(a), Ok(b)) => a.equivalent(&b),
        (Ok(_) | Err(_), _) => false,
    }
}
