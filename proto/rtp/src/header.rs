//! The RTP header (RFC 3550 section 5.1), read once and written in place.

use std::ops::Range;

/// Octets of a header without contributing sources and extension.
pub const HEADER_BYTES: usize = 12;

/// A header that was checked against its datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Marker bit.
    pub marker: bool,
    /// Payload number, 0 to 127.
    pub pt: u8,
    /// Sequence number.
    pub seq: u16,
    /// Timestamp in units of the payload's clock.
    pub ts: u32,
    /// Synchronisation source.
    pub ssrc: u32,
    /// Number of contributing sources.
    pub csrc: u8,
    /// Is there a header extension?
    pub extension: bool,
    /// Octets of padding behind the payload, its count included.
    pub padding: u8,
    payload_start: usize,
    payload_end: usize,
}

impl Header {
    /// Reads the header; `None` when the datagram is no RTP packet of version 2, or its lengths
    /// (sources, extension, padding) pass its end.
    #[must_use]
    pub fn parse(datagram: &[u8]) -> Option<Self> {
        let fixed = datagram.first_chunk::<HEADER_BYTES>()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let csrc = fixed[0] & 0x0f;
        let extension = fixed[0] & 0x10 != 0;
        let mut payload_start = HEADER_BYTES + 4 * usize::from(csrc);
        if extension {
            let head = datagram.get(payload_start..)?.first_chunk::<4>()?;
            let words = u16::from_be_bytes([head[2], head[3]]);
            payload_start += 4 + 4 * usize::from(words);
        }
        let padding = match fixed[0] & 0x20 {
            0 => 0,
            // a padding of nothing cannot even hold its own count
            _ => datagram.last().copied().filter(|count| *count > 0)?,
        };
        let payload_end = datagram.len().checked_sub(usize::from(padding))?;
        if payload_start > payload_end {
            return None;
        }
        Some(Self {
            marker: fixed[1] & 0x80 != 0,
            pt: fixed[1] & 0x7f,
            seq: u16::from_be_bytes([fixed[2], fixed[3]]),
            ts: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            csrc,
            extension,
            padding,
            payload_start,
            payload_end,
        })
    }

    /// Where the payload lies in the datagram.
    #[must_use]
    pub fn payload_range(&self) -> Range<usize> {
        self.payload_start..self.payload_end
    }

    /// The payload of the datagram this header was read from.
    #[must_use]
    pub fn payload<'a>(&self, datagram: &'a [u8]) -> &'a [u8] {
        datagram.get(self.payload_range()).unwrap_or_default()
    }

    /// Octets of payload.
    #[must_use]
    pub fn payload_len(&self) -> usize {
        self.payload_end - self.payload_start
    }
}

/// The fields of a packet we make ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewHeader {
    /// Marker bit.
    pub marker: bool,
    /// Payload number, 0 to 127.
    pub pt: u8,
    /// Sequence number.
    pub seq: u16,
    /// Timestamp in units of the payload's clock.
    pub ts: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

/// Writes a plain header into the first [`HEADER_BYTES`] octets; false, and nothing written, when
/// there are fewer.
#[must_use]
pub fn write_header(packet: &mut [u8], header: NewHeader) -> bool {
    let Some(fixed) = packet.first_chunk_mut::<HEADER_BYTES>() else {
        return false;
    };
    fixed[0] = 0x80;
    fixed[1] = (u8::from(header.marker) << 7) | (header.pt & 0x7f);
    fixed[2..4].copy_from_slice(&header.seq.to_be_bytes());
    fixed[4..8].copy_from_slice(&header.ts.to_be_bytes());
    fixed[8..12].copy_from_slice(&header.ssrc.to_be_bytes());
    true
}

/// Writes the sequence number. Like its fellows it does nothing to a packet shorter than
/// [`HEADER_BYTES`].
pub fn set_seq(packet: &mut [u8], seq: u16) {
    if let Some(fixed) = packet.first_chunk_mut::<HEADER_BYTES>() {
        fixed[2..4].copy_from_slice(&seq.to_be_bytes());
    }
}

/// Writes the timestamp.
pub fn set_ts(packet: &mut [u8], ts: u32) {
    if let Some(fixed) = packet.first_chunk_mut::<HEADER_BYTES>() {
        fixed[4..8].copy_from_slice(&ts.to_be_bytes());
    }
}

/// Writes the synchronisation source.
pub fn set_ssrc(packet: &mut [u8], ssrc: u32) {
    if let Some(fixed) = packet.first_chunk_mut::<HEADER_BYTES>() {
        fixed[8..12].copy_from_slice(&ssrc.to_be_bytes());
    }
}

/// Writes the payload number (the low seven bits of it), the marker stays.
pub fn set_pt(packet: &mut [u8], pt: u8) {
    if let Some(fixed) = packet.first_chunk_mut::<HEADER_BYTES>() {
        fixed[1] = (fixed[1] & 0x80) | (pt & 0x7f);
    }
}

/// Writes the marker bit.
pub fn set_marker(packet: &mut [u8], marker: bool) {
    if let Some(fixed) = packet.first_chunk_mut::<HEADER_BYTES>() {
        fixed[1] = (fixed[1] & 0x7f) | (u8::from(marker) << 7);
    }
}

#[cfg(test)]
mod tests;
