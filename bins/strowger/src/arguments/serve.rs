//! What can be said of how the exchange runs.

use std::path::PathBuf;

use clap::Args;
use config::{Given, Several};

/// Arguments of `serve`.
#[derive(Args)]
#[command(after_help = "\
Each flag may also be a line of the settings file (media_ports = \"40000-44999\") or a variable of \
the environment; a flag wins over the environment, and both over the file.

When calls are accepted, one line is printed:
  ready sip=127.0.0.1:5060 http=127.0.0.1:8080 media=127.0.0.1:40000-44999

The first SIGTERM or Ctrl-C lets calls finish (drain_seconds), a second one stops at once; calls \
and registrations of then go on after the next start. SIGHUP reads the certificates anew, and so \
does a change of their files.")]
// tidy: config
pub(crate) struct ServeArguments {
    /// A settings file (TOML)
    #[arg(long, value_name = "FILE", env = "STROWGER_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The data folder; it is made when there is none [default: ./data]
    #[arg(long, value_name = "DIR", env = "STROWGER_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Where the store is: sqlite:FOLDER or postgres://ROLE@HOST/DATABASE
    /// [default: the data folder]
    #[arg(
        long,
        value_name = "URL",
        env = "STROWGER_STORE",
        hide_env_values = true
    )]
    pub(crate) store: Option<String>,
    /// Where SIP is spoken, UDP and TCP; several with commas, port 0 lets the system choose
    /// [default: 0.0.0.0:5060]
    #[arg(long, value_name = "ADDR:PORT", env = "STROWGER_SIP")]
    pub(crate) sip: Option<String>,
    /// Where SIP is spoken within TLS; with =required or =optional after it, clients are asked for
    /// a certificate [default: nowhere]
    #[arg(long, value_name = "ADDR:PORT", env = "STROWGER_SIP_TLS")]
    pub(crate) sip_tls: Option<String>,
    /// Where SIP is spoken over WebSockets in the clear [default: nowhere]
    #[arg(long, value_name = "ADDR:PORT", env = "STROWGER_SIP_WS")]
    pub(crate) sip_ws: Option<String>,
    /// Where SIP is spoken over WebSockets within TLS; written as --sip-tls [default: nowhere]
    #[arg(long, value_name = "ADDR:PORT", env = "STROWGER_SIP_WSS")]
    pub(crate) sip_wss: Option<String>,
    /// Certificates in PEM, each with those that vouch for it; several with commas, each for the
    /// names in it [default: sip.crt in the data folder]
    #[arg(long, value_name = "FILE", env = "STROWGER_SIP_CERTIFICATE")]
    pub(crate) sip_certificate: Option<String>,
    /// Their keys in PEM, in the same order [default: sip.key in the data folder]
    #[arg(long, value_name = "FILE", env = "STROWGER_SIP_KEY")]
    pub(crate) sip_key: Option<String>,
    /// The authorities of clients' certificates in PEM
    #[arg(long, value_name = "FILE", env = "STROWGER_SIP_CLIENT_CA")]
    pub(crate) sip_client_ca: Option<PathBuf>,
    /// The authorities of carriers that are reached within TLS, in PEM [default: those that this
    /// machine trusts]
    #[arg(long, value_name = "FILE", env = "STROWGER_SIP_TRUST")]
    pub(crate) sip_trust: Option<PathBuf>,
    /// The directory of the authority that gives certificates by ACME, such as
    /// <https://acme-v02.api.letsencrypt.org/directory> [default: none]
    #[arg(long, value_name = "URL", env = "STROWGER_ACME_DIRECTORY")]
    pub(crate) acme_directory: Option<String>,
    /// The mail address for matters of the account there
    #[arg(long, value_name = "ADDRESS", env = "STROWGER_ACME_CONTACT")]
    pub(crate) acme_contact: Option<String>,
    /// Say yes to accept the authority's terms
    #[arg(long, value_name = "yes", env = "STROWGER_ACME_TERMS")]
    pub(crate) acme_terms: Option<String>,
    /// Hosts that certificates are asked for, with commas; the authority must reach each of them
    /// at port 80 and be led to the API
    #[arg(long, value_name = "NAME", env = "STROWGER_ACME_NAMES")]
    pub(crate) acme_names: Option<String>,
    /// The id of the external account's key, where the authority wants one
    #[arg(long, value_name = "ID", env = "STROWGER_ACME_EAB_ID")]
    pub(crate) acme_eab_id: Option<String>,
    /// That key, in base64url
    #[arg(
        long,
        value_name = "KEY",
        env = "STROWGER_ACME_EAB_KEY",
        hide_env_values = true
    )]
    pub(crate) acme_eab_key: Option<String>,
    /// The roots by which a private authority is believed, in PEM [default: those that this
    /// machine trusts]
    #[arg(long, value_name = "FILE", env = "STROWGER_ACME_TRUST")]
    pub(crate) acme_trust: Option<PathBuf>,
    /// Where SIP is reached by way of a one-to-one translator: ADDR or ADDR:PORT, after LISTENER=
    /// for one listener alone; several with commas [default: where it listens]
    #[arg(long, value_name = "ADDR[:PORT]", env = "STROWGER_SIP_PUBLIC")]
    pub(crate) sip_public: Option<String>,
    /// Networks of balancers, with commas: their connections (TCP, TLS, WebSockets) begin by saying
    /// whose they are, by the PROXY protocol [default: none]
    #[arg(long, value_name = "NETWORK", env = "STROWGER_SIP_BALANCERS")]
    pub(crate) sip_balancers: Option<String>,
    /// Networks of edge proxies, with commas: phones that register by way of them are reached by
    /// the path that they wrote down [default: none]
    #[arg(long, value_name = "NETWORK", env = "STROWGER_SIP_EDGES")]
    pub(crate) sip_edges: Option<String>,
    /// Origins of the web pages that may open a WebSocket, with commas [default: all]
    #[arg(long, value_name = "ORIGIN", env = "STROWGER_WS_ORIGINS")]
    pub(crate) ws_origins: Option<String>,
    /// Where the API listens, in plain HTTP [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT", env = "STROWGER_HTTP")]
    pub(crate) http: Option<String>,
    /// The address that phones are told to send audio to; one IPv4 and one IPv6 at most
    /// [default: that of --sip, or the one this machine reaches others by]
    #[arg(long, value_name = "IP", env = "STROWGER_MEDIA")]
    pub(crate) media: Option<String>,
    /// UDP ports for audio [default: 40000-44999]
    #[arg(long, value_name = "FIRST-LAST", env = "STROWGER_MEDIA_PORTS")]
    pub(crate) media_ports: Option<String>,
    /// Threads that carry audio [default: 1]
    #[arg(long, value_name = "N", env = "STROWGER_MEDIA_THREADS")]
    pub(crate) media_threads: Option<u8>,
    /// How they ask the kernel for packets: epoll or io-uring, which needs Linux 6.1
    /// [default: epoll]
    #[arg(long, value_name = "HOW", env = "STROWGER_MEDIA_IO")]
    pub(crate) media_io: Option<String>,
    /// Further host names of this exchange, with commas
    #[arg(long, value_name = "NAME", env = "STROWGER_NAMES")]
    pub(crate) names: Option<String>,
    /// What phones are challenged with: md5, sha-256 or both; older phones refuse both
    /// [default: md5]
    #[arg(long, value_name = "DIGEST", env = "STROWGER_DIGEST")]
    pub(crate) digest: Option<String>,
    /// Where the master keys are: a file, env:NAME or command:PROGRAM ARGUMENT...
    /// [default: master.key in the data folder]
    #[arg(long, value_name = "PLACE", env = "STROWGER_MASTER_KEY")]
    pub(crate) master_key: Option<String>,
    /// How long calls may go on after the first SIGTERM [default: 60]
    #[arg(long, value_name = "SECONDS", env = "STROWGER_DRAIN_SECONDS")]
    pub(crate) drain_seconds: Option<u64>,
    /// Memory for the latest SIP messages of calls, in MiB; 0 for none [default: 32]
    #[arg(long, value_name = "MIB", env = "STROWGER_LADDER_MIB")]
    pub(crate) ladder_mib: Option<u16>,
    /// The capture server that is told of SIP messages by HEP 3, such as Homer [default: none]
    #[arg(long, value_name = "HOST:PORT", env = "STROWGER_HEP")]
    pub(crate) hep: Option<String>,
    /// The number by which it knows this exchange [default: 2001]
    #[arg(long, value_name = "N", env = "STROWGER_HEP_ID")]
    pub(crate) hep_id: Option<u32>,
    /// What proves this exchange to it
    #[arg(
        long,
        value_name = "KEY",
        env = "STROWGER_HEP_KEY",
        hide_env_values = true
    )]
    pub(crate) hep_key: Option<String>,
    /// The mail server, smtp://USER:PASSWORD@HOST:PORT or smtps://... (default: no mail)
    #[arg(
        long,
        value_name = "URL",
        env = "STROWGER_SMTP",
        hide_env_values = true
    )]
    pub(crate) smtp: Option<String>,
    /// The address that mail comes from
    #[arg(long, value_name = "ADDRESS", env = "STROWGER_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// What links in mails begin with: the portal's address [default: the API's address]
    #[arg(long, value_name = "URL", env = "STROWGER_PORTAL")]
    pub(crate) portal: Option<String>,
    /// Inside networks where webhooks may go, with commas [default: none]
    #[arg(long, value_name = "ADDR/BITS", env = "STROWGER_WEBHOOK_ALLOW")]
    pub(crate) webhook_allow: Option<String>,
    /// Inside networks where live streams of music may lie, with commas [default: none]
    #[arg(long, value_name = "ADDR/BITS", env = "STROWGER_MUSIC_ALLOW")]
    pub(crate) music_allow: Option<String>,
    /// Inside networks where companies' sign-in servers may lie, with commas [default: none]
    #[arg(long, value_name = "ADDR/BITS", env = "STROWGER_SSO_ALLOW")]
    pub(crate) sso_allow: Option<String>,
    /// Recorded voices, as Debian's packages asterisk-core-sounds-* lay them out [default:
    /// /usr/share/asterisk/sounds]
    #[arg(long, value_name = "FOLDER", env = "STROWGER_PROMPTS")]
    pub(crate) prompts: Option<PathBuf>,
    /// A speech engine that speaks texts, by the request of OpenAI's: https://HOST/v1/audio/speech
    /// [default: none, texts are spoken by espeak-ng on this machine]
    #[arg(long, value_name = "URL", env = "STROWGER_SPEECH_URL")]
    pub(crate) speech_url: Option<String>,
    /// The key that the speech engine is shown
    #[arg(
        long,
        value_name = "KEY",
        env = "STROWGER_SPEECH_KEY",
        hide_env_values = true
    )]
    pub(crate) speech_key: Option<String>,
    /// The model that the speech engine is to speak with [default: tts-1]
    #[arg(long, value_name = "NAME", env = "STROWGER_SPEECH_MODEL")]
    pub(crate) speech_model: Option<String>,
    /// Voices of the speech engine, with commas: one for all, and LANGUAGE=VOICE for one language
    /// [default: alloy]
    #[arg(
        long,
        value_name = "VOICE,LANGUAGE=VOICE",
        env = "STROWGER_SPEECH_VOICES"
    )]
    pub(crate) speech_voices: Option<String>,
    /// The authorities that are trusted to say who may sign calls, in PEM [default: none, and no
    /// proof of who calls is believed]
    #[arg(long, value_name = "FILE", env = "STROWGER_STIR_TRUST")]
    pub(crate) stir_trust: Option<PathBuf>,
    /// Inside networks where certificates of those who sign calls may lie, with commas [default:
    /// none]
    #[arg(long, value_name = "ADDR/BITS", env = "STROWGER_STIR_ALLOW")]
    pub(crate) stir_allow: Option<String>,
    /// Name servers by which carriers are found, with commas [default: the machine's]
    #[arg(long, value_name = "ADDR:PORT", env = "STROWGER_NAME_SERVERS")]
    pub(crate) name_servers: Option<String>,
    /// Networks that are never banned, with commas [default: 127.0.0.0/8,::1/128]
    #[arg(long, value_name = "ADDR/BITS", env = "STROWGER_BAN_NEVER")]
    pub(crate) ban_never: Option<String>,
    /// How the User-Agent of programs begins that look for victims, with commas [default: a list
    /// of known ones]
    #[arg(long, value_name = "TEXT", env = "STROWGER_BAN_AGENTS")]
    pub(crate) ban_agents: Option<String>,
    /// Sets of nftables that bans are written to, such as inet/filter/banned [default: none]
    #[arg(long, value_name = "FAMILY/TABLE/SET", env = "STROWGER_BAN_NFT")]
    pub(crate) ban_nft: Option<String>,
    /// What is logged, such as info or info,net=debug [default: info]
    #[arg(long, value_name = "FILTER", env = "STROWGER_LOG")]
    pub(crate) log: Option<String>,
    /// How it is written: text or json [default: text]
    #[arg(long, value_name = "FORMAT", env = "STROWGER_LOG_FORMAT")]
    pub(crate) log_format: Option<String>,
}

impl ServeArguments {
    /// The file named, and what flags and environment say.
    pub(crate) fn split(self) -> (Option<PathBuf>, Given) {
        let given = Given {
            data: self.data,
            store: self.store,
            sip: self.sip.map(Several::One),
            sip_tls: self.sip_tls.map(Several::One),
            sip_ws: self.sip_ws.map(Several::One),
            sip_wss: self.sip_wss.map(Several::One),
            sip_certificate: self.sip_certificate.map(Several::One),
            sip_key: self.sip_key.map(Several::One),
            sip_client_ca: self.sip_client_ca,
            sip_trust: self.sip_trust,
            acme_directory: self.acme_directory,
            acme_contact: self.acme_contact,
            acme_terms: self.acme_terms,
            acme_names: self.acme_names.map(Several::One),
            acme_eab_id: self.acme_eab_id,
            acme_eab_key: self.acme_eab_key,
            acme_trust: self.acme_trust,
            sip_public: self.sip_public.map(Several::One),
            sip_balancers: self.sip_balancers.map(Several::One),
            sip_edges: self.sip_edges.map(Several::One),
            ws_origins: self.ws_origins.map(Several::One),
            http: self.http,
            media: self.media.map(Several::One),
            media_ports: self.media_ports,
            media_threads: self.media_threads,
            media_io: self.media_io,
            names: self.names.map(Several::One),
            digest: self.digest,
            master_key: self.master_key,
            drain_seconds: self.drain_seconds,
            ladder_mib: self.ladder_mib,
            hep: self.hep,
            hep_id: self.hep_id,
            hep_key: self.hep_key,
            smtp: self.smtp,
            mail_from: self.mail_from,
            portal: self.portal,
            webhook_allow: self.webhook_allow.map(Several::One),
            music_allow: self.music_allow.map(Several::One),
            sso_allow: self.sso_allow.map(Several::One),
            prompts: self.prompts,
            speech_url: self.speech_url,
            speech_key: self.speech_key,
            speech_model: self.speech_model,
            speech_voices: self.speech_voices.map(Several::One),
            stir_trust: self.stir_trust,
            stir_allow: self.stir_allow.map(Several::One),
            name_servers: self.name_servers.map(Several::One),
            ban_never: self.ban_never.map(Several::One),
            ban_agents: self.ban_agents.map(Several::One),
            ban_nft: self.ban_nft,
            log: self.log,
            log_format: self.log_format,
        };
        (self.config, given)
    }
}
