//! Version 2: a beginning of a fixed length, addresses, and what the balancer likes to add (§2.2).

use std::net::{IpAddr, SocketAddr};

use crate::{Header, Introduction, Refusal};

/// What it begins with: a line end that is no message of SIP or HTTP, and that TLS refuses.
pub(crate) const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Octets of signature, version with command, family with transport, and length.
pub(crate) const BEGINNING: usize = 16;

/// Octets that may follow these: addresses, and additions of which we read none.
pub(crate) const REST_MAX: usize = 2_048;

/// Version 2, and that the connection is the balancer's own.
const LOCAL: u8 = 0x20;
/// Version 2, and that it was taken from somebody.
const PROXY: u8 = 0x21;

/// Reads a header that begins with the signature.
pub(crate) fn read(octets: &[u8]) -> Header {
    let Some((beginning, rest)) = octets.split_first_chunk::<BEGINNING>() else {
        return Header::Partial;
    };
    let [.., command, family, high, low] = *beginning;
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length > REST_MAX {
        return Header::Refused(Refusal::TooLong);
    }
    let Some(rest) = rest.get(..length) else {
        return Header::Partial;
    };
    let said = match command {
        LOCAL => Ok(Introduction::Own),
        PROXY => introduction(family, rest),
        _ => Err(Refusal::Command),
    };
    match said {
        Ok(introduction) => Header::Whole(introduction, BEGINNING + length),
        Err(why) => Header::Refused(why),
    }
}

/// Who came by a family of addresses and a transport (upper and lower half of an octet).
fn introduction(family: u8, rest: &[u8]) -> Result<Introduction, Refusal> {
    let read = match family {
        0x11 => pair::<4>(rest),
        0x21 => pair::<16>(rest),
        // unspecified, or a socket of the balancer's own machine: there is no address to take
        0x00 | 0x31 => return Ok(Introduction::Own),
        _ => return Err(Refusal::Transport),
    };
    let (from, to) = read.ok_or(Refusal::Address)?;
    Ok(Introduction::Of { from, to })
}

/// Both addresses, then both ports.
fn pair<const N: usize>(rest: &[u8]) -> Option<(SocketAddr, SocketAddr)>
where
    IpAddr: From<[u8; N]>,
{
    let (from, rest) = rest.split_first_chunk::<N>()?;
    let (to, rest) = rest.split_first_chunk::<N>()?;
    let (from_port, rest) = rest.split_first_chunk::<2>()?;
    let (to_port, _) = rest.split_first_chunk::<2>()?;
    let address = |ip: &[u8; N], port| SocketAddr::new(IpAddr::from(*ip), u16::from_be_bytes(port));
    Some((address(from, *from_port), address(to, *to_port)))
}
