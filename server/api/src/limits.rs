//! Bounds of the API.

use std::time::Duration;

/// Bounds of the API; each with its default.
// tidy: config
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest body of a request, in bytes; beyond it 413. Default 65,536.
    pub body_bytes: usize,
    /// Requests carried out at the same time; beyond it they wait, in turns of the askers.
    /// Default 256.
    pub in_flight: usize,
    /// Of them, of one tenant or of one operator's key; more wait behind their own. Default 8.
    pub in_flight_of_one: usize,
    /// Requests that wait; beyond it the newest of whoever has most waiting gets 503.
    /// Default 1,024.
    pub waiting: usize,
    /// Requests of one tenant or of one operator's key that wait; beyond it 503. Default 64.
    pub waiting_of_one: usize,
    /// How long a request waits to be carried out; then 503. Default 5 s.
    pub waiting_time: Duration,
    /// Connections at the same time; beyond it the next waits to be accepted. Default 1,024.
    pub connections: usize,
    /// Connections from one IPv4 address or IPv6 /64; further ones are closed at once. Loopback
    /// is free of it, since a front end speaks for many. Default 256.
    pub connections_per_source: usize,
    /// Time for the head of a request, which is also how long a connection may idle. Default
    /// 30 s; then it is closed.
    pub head_time: Duration,
    /// Time for a request as a whole; then 408 or 503. Default 30 s.
    pub request_time: Duration,
    /// Requests per second of each operator's key, with a burst of as many; beyond it 429.
    /// Default 200. A tenant's keys share its cap `api_requests_per_second`.
    pub operator_rate: u32,
    /// Wrong keys per second from one IPv4 address or IPv6 /64, with a burst of as many; beyond
    /// it 429 without a look at the key. Default 10.
    pub wrong_keys_rate: u32,
    /// Passwords hashed or compared at the same time, each with 19 MiB of memory and a core.
    /// Default 2.
    pub passwords: usize,
    /// Passwords that wait to be compared; beyond it 503. Default 64.
    pub passwords_waiting: usize,
    /// Mails that somebody unknown has asked for and that are not out yet, and other work that is
    /// done after the answer; beyond it 503. Default 32.
    pub mails: usize,
    /// Requests to companies' sign-in servers at the same time; beyond it 503. Default 32.
    pub sign_ons: usize,
    /// Streams of events of one company at the same time; beyond it 429. Default 20.
    pub streams_per_tenant: usize,
    /// Streams of events of all companies at the same time; beyond it 429. Default 512.
    pub streams: usize,
    /// Streams of one company that are told how its calls sound, at the same time; beyond it 429.
    /// Default 4.
    pub sounding_per_tenant: usize,
    /// The same of all companies. Each asks the exchange for all live calls of its company up to
    /// once a second. Default 64.
    pub sounding: usize,
    /// Companies that are taken out, brought in or cloned at the same time; beyond it 429.
    /// Default 2.
    pub archives: usize,
    /// Longest archive that is brought in, in bytes; beyond it 413. Default 4 GiB.
    pub archive_bytes: u64,
    /// How long the peer of an archive may be waited for, besides the time of `archive_rate`;
    /// then the archive is cut off. Default 30 s.
    pub archive_grace: Duration,
    /// At how many bytes per second an archive must go at least, on the whole. Default 65,536.
    pub archive_rate: u64,
    /// Sounds that are understood at the same time, each on a core. Default 1.
    pub sounds: usize,
    /// Sounds that wait to be understood; beyond it 503. Default 4.
    pub sounds_waiting: usize,
    /// Longest document that is to be faxed, in bytes; beyond it 413. Default 8 MiB.
    pub document_bytes: usize,
    /// Longest recording that is uploaded, in bytes; beyond it 413. Default 32 MiB.
    pub sound_bytes: usize,
    /// Time for a recording to arrive; then 408. Default 2 min.
    pub sound_time: Duration,
    /// Recordings of calls of one company that are sent at the same time; beyond it 429. Default 4.
    pub recordings_per_tenant: usize,
    /// Recordings of calls of all companies that are sent at the same time, each on a thread of its
    /// own; beyond it 429. Default 32.
    pub recordings: usize,
    /// At how many bytes per second a recording must go at least, on the whole, besides 30 s of
    /// grace; then it is cut off. Default 8,192.
    pub recording_rate: u64,
    /// Recordings whose file is opened or removed at the same time. Default 2.
    pub shelf_work: usize,
    /// Those that wait for it; beyond it 503. Default 64.
    pub shelf_waiting: usize,
    /// How long a stream is silent before it says that it lives. Default 15 s.
    pub stream_beat: Duration,
    /// How long a stream lasts; then its reader comes back, and is let in again if its key still
    /// opens. Default 5 min.
    pub stream_life: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: 65_536,
            in_flight: 256,
            in_flight_of_one: 8,
            waiting: 1_024,
            waiting_of_one: 64,
            waiting_time: Duration::from_secs(5),
            connections: 1_024,
            connections_per_source: 256,
            head_time: Duration::from_secs(30),
            request_time: Duration::from_secs(30),
            operator_rate: 200,
            wrong_keys_rate: 10,
            passwords: 2,
            passwords_waiting: 64,
            mails: 32,
            sign_ons: 32,
            streams_per_tenant: 20,
            streams: 512,
            sounding_per_tenant: 4,
            sounding: 64,
            archives: 2,
            archive_bytes: 4 << 30,
            archive_grace: Duration::from_secs(30),
            archive_rate: 65_536,
            sounds: 1,
            sounds_waiting: 4,
            document_bytes: 8 << 20,
            sound_bytes: 32 << 20,
            sound_time: Duration::from_secs(120),
            recordings_per_tenant: 4,
            recordings: 32,
            recording_rate: 8_192,
            shelf_work: 2,
            shelf_waiting: 64,
            stream_beat: Duration::from_secs(15),
            stream_life: Duration::from_secs(300),
        }
    }
}
