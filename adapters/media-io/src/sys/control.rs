//! Control messages of received datagrams: the kernel tells in them how many it has dropped.

/// Octets for the one that there is: a header and a number.
pub(crate) const CONTROL: usize = 32;

/// The kernel's drop counter: a length, a level, a kind and the number.
pub(crate) fn drops_of(control: &[u8]) -> Option<u32> {
    let (_, rest) = control.split_first_chunk::<8>()?;
    let (level, rest) = rest.split_first_chunk::<4>()?;
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let of = (i32::from_ne_bytes(*level), i32::from_ne_bytes(*kind));
    let number = rest.first_chunk::<4>()?;
    (of == (libc::SOL_SOCKET, libc::SO_RXQ_OVFL)).then(|| u32::from_ne_bytes(*number))
}
