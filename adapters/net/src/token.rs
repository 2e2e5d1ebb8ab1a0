//! What the poll's events are about, packed into the number it carries for us.

/// What an event of the poll is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Waker,
    Datagrams(usize),
    Listener(usize),
    Connection,
}

impl Token {
    /// Connection ids stay below, since shards do.
    const KINDS: u64 = 0x7fff << 48;
    const WAKER: u64 = Token::KINDS;
    const DATAGRAMS: u64 = Token::KINDS | 1 << 32;
    const LISTENER: u64 = Token::KINDS | 2 << 32;
    const INDEX: u64 = 0xffff_ffff;

    pub(crate) fn pack(self) -> u64 {
        let index = |index: usize| u64::try_from(index).unwrap_or(0) & Token::INDEX;
        match self {
            Token::Waker => Token::WAKER,
            Token::Datagrams(i) => Token::DATAGRAMS | index(i),
            Token::Listener(i) => Token::LISTENER | index(i),
            Token::Connection => 0,
        }
    }

    pub(crate) fn unpack(packed: u64) -> Token {
        let index = usize::try_from(packed & Token::INDEX).unwrap_or(0);
        match packed & !Token::INDEX {
            Token::WAKER => Token::Waker,
            Token::DATAGRAMS => Token::Datagrams(index),
            Token::LISTENER => Token::Listener(index),
            _ => Token::Connection,
        }
    }
}
