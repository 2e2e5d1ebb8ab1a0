//! Settings from text, one sentence each.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::wires::Clients;

fn file(text: &str) -> Given {
    Given::from_toml(text).unwrap()
}

/// An authority whose terms are accepted, and more.
fn acme(more: &str) -> String {
    format!("acme_directory = 'https://ca.example/d'\nacme_terms = 'yes'\n{more}")
}

#[test]
fn certificates_come_by_themselves_where_an_authority_is_named_and_no_file_is_looked_for() {
    let text = acme("acme_names = 'A.example,b.example'\nsip_tls = '127.0.0.1:5061'");
    let settings = file(&text).settle().unwrap();
    assert!(settings.wires.certificates.is_empty());
    let acme = settings.acme.unwrap();
    assert_eq!(acme.names, ["a.example", "b.example"]);
    assert_eq!((acme.contact.as_str(), acme.external), ("", None));
}

#[test]
fn what_is_wrong_with_an_authority_or_its_names_is_told_with_the_setting() {
    for (text, setting) in [
        ("acme_names = 'sip.example.net'", "acme_directory"),
        ("acme_directory = 'http://ca.example'", "acme_directory"),
        ("acme_directory = 'https://ca.example'", "acme_terms"),
        (&acme("acme_names = 'localhost'"), "acme_names"),
        (&acme("acme_names = '192.0.2.1'"), "acme_names"),
        (&acme(""), "acme_names"),
        (
            &acme("acme_names = 'a.example'\nacme_contact = 'ann'"),
            "acme_contact",
        ),
        (
            &acme("acme_names = 'a.example'\nacme_eab_id = 'k'"),
            "acme_eab_id",
        ),
        (
            &acme("acme_names = 'a.example'\nacme_eab_key = 'k'"),
            "acme_eab_key",
        ),
    ] {
        let problem = file(text).settle().unwrap_err();
        assert_eq!(problem.setting, setting, "{text}");
    }
}

#[test]
fn an_external_account_keeps_its_key_to_itself() {
    let text = acme("acme_names = 'a.example'\nacme_eab_id = 'k1'\nacme_eab_key = 'c2VjcmV0'");
    let told = format!("{:?}", file(&text).settle().unwrap().acme);
    assert!(told.contains("k1") && !told.contains("c2VjcmV0"), "{told}");
}

#[test]
fn nothing_given_is_a_whole_exchange_on_the_usual_ports() {
    let settings = Given::default().settle().unwrap();
    assert_eq!(settings.sip, ["0.0.0.0:5060".parse().unwrap()]);
    assert_eq!(settings.http, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(settings.media_ports.to_string(), "40000-44999");
    assert_eq!(settings.master_key, None);
    assert!(settings.media.is_empty());
    assert_eq!(settings.digest, Digest::Md5);
    assert_eq!(settings.store, None);
    assert_eq!(settings.portal, "http://127.0.0.1:8080");
}

#[test]
fn a_flag_is_laid_over_the_file() {
    let below = file("http = '127.0.0.1:1'\nsip = ['127.0.0.1:2', '[::1]:2']");
    let flags = Given {
        http: Some("127.0.0.1:9".into()),
        ..Given::default()
    };
    let settings = flags.over(below).settle().unwrap();
    assert_eq!(settings.http.port(), 9);
    assert_eq!(settings.sip.len(), 2);
}

#[test]
fn a_text_with_commas_is_a_list() {
    let settings = file("sip = '127.0.0.1:5060, [::1]:5060'").settle().unwrap();
    assert_eq!(settings.sip.len(), 2);
}

#[test]
fn each_refusal_names_the_setting_and_the_rule() {
    for (text, setting) in [
        ("sip = '127.0.0.1'", "sip"),
        ("http = 'x'", "http"),
        ("store = 'mysql://a:secret@b/c'", "store"),
        ("media = '0.0.0.0'", "media"),
        ("media = '192.0.2.1,192.0.2.2'", "media"),
        ("media_ports = '9-3'", "media_ports"),
        ("media_threads = 0", "media_threads"),
        ("media_io = 'kqueue'", "media_io"),
        ("names = 'a b'", "names"),
        ("digest = 'sha1'", "digest"),
        ("drain_seconds = 100000", "drain_seconds"),
        ("music_allow = 'radio.example'", "music_allow"),
        ("webhook_allow = '10.0.0.0'", "webhook_allow"),
        ("webhook_allow = '10.0.0.0/33'", "webhook_allow"),
        ("sso_allow = '10.0.0.0'", "sso_allow"),
        ("stir_allow = '10.0.0.0'", "stir_allow"),
        ("speech_url = 'speech.example'", "speech_url"),
        ("speech_voices = 'alloy'", "speech_voices"),
        ("ban_never = '10.0.0.0'", "ban_never"),
        ("ban_agents = 'ä'", "ban_agents"),
        ("ban_nft = 'filter'", "ban_nft"),
        ("portal = 'voice.example'", "portal"),
        ("portal = 'https://a b'", "portal"),
        ("smtp = 'smtp://mail.example'", "mail_from"),
        ("log_format = 'xml'", "log_format"),
    ] {
        let problem = file(text).settle().unwrap_err();
        assert_eq!(problem.setting, setting);
        assert!(problem.to_string().contains("must be"), "{problem}");
    }
}

#[test]
fn whoever_is_on_the_machine_is_never_banned_unless_it_is_said_otherwise() {
    let settings = Given::default().settle().unwrap();
    assert_eq!(settings.ban_never.len(), 2);
    assert_eq!((settings.ban_agents, settings.ban_nft), (None, None));
    let settings = file("ban_never = ''\nban_agents = 'sipcli, iwar'").settle();
    let settings = settings.unwrap();
    assert!(settings.ban_never.is_empty());
    let agents = settings.ban_agents.unwrap();
    assert_eq!(agents, ["sipcli", "iwar"]);
}

#[test]
fn an_unknown_setting_is_refused_by_name() {
    let problem = Given::from_toml("sipp = '127.0.0.1:5060'").unwrap_err();
    assert!(problem.rule.contains("sipp"), "{problem}");
}

#[test]
fn tls_is_spoken_where_it_is_asked_for_with_the_certificate_of_the_data_folder() {
    assert!(!Given::default().settle().unwrap().wires.is_secure());
    let text = "data = '/srv/pbx'\nsip_client_ca = '/etc/ca.pem'\nsip_wss = '[::1]:443'\n\
        sip_tls = ['0.0.0.0:5061', '0.0.0.0:5062=required', '0.0.0.0:5063=optional']";
    let wires = file(text).settle().unwrap().wires;
    let asked: Vec<Clients> = wires.tls.iter().map(|one| one.clients).collect();
    assert_eq!(
        asked,
        [Clients::Unasked, Clients::Required, Clients::Optional]
    );
    assert_eq!(
        wires.certificates[0].chain,
        PathBuf::from("/srv/pbx/sip.crt")
    );
    assert_eq!(wires.certificates[0].key, PathBuf::from("/srv/pbx/sip.key"));
    assert_eq!(wires.addresses().count(), 4);
}

#[test]
fn certificates_and_keys_come_in_pairs_and_asking_takes_an_authority() {
    let pairs = file("sip_certificate = 'a.crt, b.crt'\nsip_key = ['a.key', 'b.key']");
    let pairs = pairs.settle().unwrap().wires.certificates;
    assert_eq!(pairs[1].chain, PathBuf::from("b.crt"));
    assert_eq!(pairs[1].key, PathBuf::from("b.key"));
    for (text, setting) in [
        ("sip_certificate = 'a.crt'", "sip_key"),
        ("sip_tls = '0.0.0.0:5061=required'", "sip_client_ca"),
        ("sip_tls = '0.0.0.0:5061=maybe'", "sip_tls"),
        ("sip_wss = '443'", "sip_wss"),
        ("sip_balancers = '10.0.0.1-9'", "sip_balancers"),
        ("sip_edges = 'edge.example'", "sip_edges"),
        ("sip_public = 'pbx.example'", "sip_public"),
        ("sip_public = '0.0.0.0'", "sip_public"),
        ("sip_public = '0.0.0.0:5060=[::1]'", "sip_public"),
        ("sip_public = '10.0.0.9:5060=192.0.2.1'", "sip_public"),
        ("ws_origins = 'portal.example'", "ws_origins"),
        ("ws_origins = 'https://portal.example/path'", "ws_origins"),
    ] {
        assert_eq!(file(text).settle().unwrap_err().setting, setting, "{text}");
    }
}

#[test]
fn a_listener_behind_a_translator_is_reached_where_it_is_said() {
    let text = "sip = ['10.0.0.5:5060', '[fd00::5]:5060']\nsip_tls = '10.0.0.5:5061'\n\
        sip_public = ['198.51.100.7', '10.0.0.5:5061=198.51.100.7:443']";
    let wires = file(text).settle().unwrap().wires;
    let reached = |at: &str| wires.reached(at.parse().unwrap()).map(|at| at.to_string());
    assert_eq!(reached("10.0.0.5:5060").unwrap(), "198.51.100.7:0");
    assert_eq!(reached("10.0.0.5:5061").unwrap(), "198.51.100.7:443");
    assert_eq!(reached("[fd00::5]:5060"), None);
}
