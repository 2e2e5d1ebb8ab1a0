//! Lengths and counts as the aligned packed encoding rules write them (X.691 §11.9).

use crate::Malformed;

/// Takes a length from the beginning of these octets. One of 16,384 and more would come in
/// fragments, which no datagram of a fax needs.
pub(crate) fn take(octets: &mut &[u8]) -> Result<usize, Malformed> {
    let first = octet(octets)?;
    match first >> 6 {
        0 | 1 => Ok(first.into()),
        2 => {
            let second = octet(octets)?;
            Ok(u16::from_be_bytes([first & 0x3f, second]).into())
        }
        _ => Err(Malformed::TooLong),
    }
}

/// Takes what a length stands before: an open type or a string of octets.
pub(crate) fn take_string<'a>(octets: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let length = take(octets)?;
    let (string, rest) = octets.split_at_checked(length).ok_or(Malformed::Short)?;
    *octets = rest;
    Ok(string)
}

/// Takes one octet.
pub(crate) fn octet(octets: &mut &[u8]) -> Result<u8, Malformed> {
    let (first, rest) = octets.split_first().ok_or(Malformed::Short)?;
    *octets = rest;
    Ok(*first)
}

/// Octets of a string with its length before it.
pub(crate) fn of_string(string: &[u8]) -> usize {
    string.len() + if string.len() < 128 { 1 } else { 2 }
}

/// Writes a string with its length before it; one that is too long is cut.
pub(crate) fn put_string(out: &mut Vec<u8>, string: &[u8]) {
    let string = string.get(..crate::MAX_IFP_BYTES).unwrap_or(string);
    match u8::try_from(string.len()) {
        Ok(length) if length < 128 => out.push(length),
        Ok(_) | Err(_) => {
            let length = u16::try_from(string.len()).unwrap_or_default() | 0x8000;
            out.extend(length.to_be_bytes());
        }
    }
    out.extend_from_slice(string);
}
