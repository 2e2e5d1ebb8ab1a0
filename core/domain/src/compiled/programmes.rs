//! What a company's parties on hold hear, as its documents say.

use ids::{ExtensionId, MusicId, SoundId, TrunkId};
use serde::{Deserialize, Serialize};

use super::CompiledTenant;
use super::lines::LineParts;

/// The bits of an id.
type Bits = [u8; 16];

/// The music of one company: what of it can be asked for, by id with the revision of its document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OwnMusic {
    /// The sound that is its music on hold.
    sound: Option<(Bits, u64)>,
    /// Its programmes, in the order of their ids.
    programmes: Vec<(Bits, u64)>,
    /// The programme that is heard where nobody names another.
    on_hold: Option<Bits>,
}

impl OwnMusic {
    /// The music among a company's parts; `None` where it has none.
    pub(super) fn of(parts: &LineParts) -> Option<Box<OwnMusic>> {
        let sound = parts.music.as_ref();
        let mut programmes: Vec<_> = parts
            .programmes
            .iter()
            .map(|programme| (programme.id.as_u128().to_be_bytes(), programme.revision))
            .collect();
        programmes.sort_unstable();
        let mut all = parts.programmes.iter();
        let on_hold = all.find(|programme| programme.spec.on_hold);
        let own = OwnMusic {
            sound: sound.map(|sound| (sound.id.as_u128().to_be_bytes(), sound.revision)),
            programmes,
            on_hold: on_hold.map(|programme| programme.id.as_u128().to_be_bytes()),
        };
        (own != OwnMusic::default()).then(|| Box::new(own))
    }

    fn revision(&self, programme: Bits) -> Option<u64> {
        let found = self
            .programmes
            .binary_search_by_key(&programme, |(id, _)| *id);
        self.programmes
            .get(found.ok()?)
            .map(|(_, revision)| *revision)
    }
}

impl CompiledTenant {
    /// The sound that is its own music on hold, and the revision of its document.
    pub fn own_music(&self) -> Option<(SoundId, u64)> {
        let (bits, revision) = self.kept.own_music.as_ref()?.sound?;
        Some((SoundId::from_u128(u128::from_be_bytes(bits)), revision))
    }

    /// The programme that a party hears which is put on hold by an extension, or in a call by a
    /// trunk, and the revision of its document: the extension's, else the trunk's, where that is
    /// the company's own, else the company's.
    pub fn programme(
        &self,
        holder: Option<ExtensionId>,
        trunk: Option<TrunkId>,
    ) -> Option<(MusicId, u64)> {
        let own = self.kept.own_music.as_ref()?;
        let extension = holder.and_then(|id| self.extension(id)?.on_hold);
        let by_trunk = || {
            let trunk = self.lines.trunk(trunk?)?;
            trunk.spec.on_hold.filter(|_| trunk.own)
        };
        let named = extension.or_else(by_trunk);
        let bits = named.map(|id| id.as_u128().to_be_bytes()).or(own.on_hold)?;
        let id = MusicId::from_u128(u128::from_be_bytes(bits));
        Some((id, own.revision(bits)?))
    }
}
