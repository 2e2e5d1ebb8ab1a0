//! The attribute XOR-MAPPED-ADDRESS (RFC 8489 section 14.2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::COOKIE;
use super::transaction::Transaction;

const V4: u8 = 1;
const V6: u8 = 2;

/// The upper half of the cookie, which lies over the port.
const COOKIE_HIGH: u16 = 0x2112;

/// The value for this address.
pub(super) fn write(address: SocketAddr, transaction: &Transaction) -> Vec<u8> {
    let family = if address.is_ipv4() { V4 } else { V6 };
    let mut value = vec![0, family];
    value.extend_from_slice(&(address.port() ^ COOKIE_HIGH).to_be_bytes());
    match address.ip() {
        IpAddr::V4(ip) => value.extend_from_slice(&(u32::from(ip) ^ COOKIE).to_be_bytes()),
        IpAddr::V6(ip) => {
            let covered = u128::from(ip) ^ cover(transaction);
            value.extend_from_slice(&covered.to_be_bytes());
        }
    }
    value
}

/// The address of a value; none of one that breaks the rules.
pub(super) fn read(value: &[u8], transaction: &Transaction) -> Option<SocketAddr> {
    let (&[_, family, high, low], rest) = value.split_first_chunk()?;
    let ip = match (family, rest.len()) {
        (V4, 4) => {
            let covered = u32::from_be_bytes(*rest.first_chunk()?);
            IpAddr::V4(Ipv4Addr::from(covered ^ COOKIE))
        }
        (V6, 16) => {
            let covered = u128::from_be_bytes(*rest.first_chunk()?);
            IpAddr::V6(Ipv6Addr::from(covered ^ cover(transaction)))
        }
        _ => return None,
    };
    let port = u16::from_be_bytes([high, low]) ^ COOKIE_HIGH;
    Some(SocketAddr::new(ip, port))
}

/// Cookie and transaction in a row.
fn cover(transaction: &Transaction) -> u128 {
    let mut octets = [0; 16];
    let all = COOKIE.to_be_bytes().into_iter().chain(transaction.0);
    for (octet, of_all) in octets.iter_mut().zip(all) {
        *octet = of_all;
    }
    u128::from_be_bytes(octets)
}
