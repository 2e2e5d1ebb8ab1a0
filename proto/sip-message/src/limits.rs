//! Limits: every bound of the parser, by name.

/// Bounds on what is read from the network. Each says what it counts, its default and the
/// status that answers a request passing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a whole message, head and body. Default and ceiling 65,535 (a larger value is
    /// read as 65,535: positions are kept in 16 bits). 513 when passed.
    pub message_bytes: usize,
    /// Header lines of a message. Default 128. 513 when passed.
    pub headers: usize,
    /// Bytes of one header line, name and value, folded parts included. Default 8,192.
    /// 513 when passed.
    pub header_bytes: usize,
    /// Via values of a message. Default 70, the recommended Max-Forwards (RFC 3261 §8.1.1.6).
    /// 483 when passed, since each is a hop.
    pub vias: usize,
    /// Bytes of the Request-URI. Default 2,048. 414 when passed.
    pub uri_bytes: usize,
    /// Bytes of a body. Default 49,152. 413 when passed.
    pub body_bytes: usize,
    /// Values of one comma-separated header (Contact, Route, Record-Route), all lines together.
    /// Default 64. 400 when passed.
    pub values: usize,
    /// Parameters of one value (Via, From, To, Contact). Default 64. 400 when passed.
    pub params: usize,
}

impl Limits {
    /// The ceiling of [`Limits::message_bytes`].
    pub const MESSAGE_BYTES_CEILING: usize = 65_535;

    /// The defaults, usable in constants.
    pub const DEFAULT: Self = Self {
        message_bytes: Self::MESSAGE_BYTES_CEILING,
        headers: 128,
        header_bytes: 8_192,
        vias: 70,
        uri_bytes: 2_048,
        body_bytes: 49_152,
        values: 64,
        params: 64,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
