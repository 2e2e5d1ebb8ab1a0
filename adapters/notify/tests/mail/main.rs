//! Mail against servers that take it, that refuse it, that want it later, and that say nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod sink;

use std::sync::Arc;
use std::time::Duration;

use notify::{COMMAND_TIME, Relay, SmtpMailer};
use ports::{MAIL_BODY_MAX, Mail, MailError, Mailer, SeededEntropy};
use sink::{Manners, Sink};

fn mailer(sink: &Sink, time: Duration) -> SmtpMailer {
    let relay = Relay::parse(&format!("smtp://{}?tls=none", sink.at)).unwrap();
    let entropy = Arc::new(SeededEntropy::new(1));
    SmtpMailer::new(&relay, "pbx@example.net", time, entropy).unwrap()
}

fn mail() -> Mail {
    Mail {
        from: None,
        to: "ann@acme.example".to_owned(),
        from_name: "Käfer & Co".to_owned(),
        subject: "Welcome".to_owned(),
        text: "Hello Ann.\n.\nA line that is a dot must not end the mail.\n".to_owned(),
        html: None,
    }
}

async fn sent(manners: Manners) -> Result<(), MailError> {
    let sink = Sink::start(manners).await;
    mailer(&sink, COMMAND_TIME).send(mail()).await
}

#[tokio::test]
async fn a_mail_arrives_whole_from_the_exchange_to_its_person() {
    let mut sink = Sink::start(Manners::Good).await;
    mailer(&sink, COMMAND_TIME).send(mail()).await.unwrap();
    let taken = sink.taken().await;
    assert_eq!(taken.from, "MAIL FROM:<pbx@example.net>");
    assert_eq!(taken.to, ["RCPT TO:<ann@acme.example>"]);
    assert!(
        taken.text.contains("\r\nTo: ann@acme.example\r\n"),
        "{}",
        taken.text
    );
    assert!(
        taken.text.contains("Subject: Welcome\r\n"),
        "{}",
        taken.text
    );
    assert!(
        taken.text.contains("@example.net>\r\n"),
        "a message id: {}",
        taken.text
    );
    assert!(
        taken.text.contains("must not end the mail"),
        "{}",
        taken.text
    );
}

#[tokio::test]
async fn a_mail_of_a_brand_shows_its_sender_and_who_sent_it() {
    let mut sink = Sink::start(Manners::Good).await;
    let from = Some("hello@north.example".to_owned());
    let branded = Mail { from, ..mail() };
    mailer(&sink, COMMAND_TIME).send(branded).await.unwrap();
    let taken = sink.taken().await;
    assert_eq!(taken.from, "MAIL FROM:<pbx@example.net>");
    let (shown, sent) = ("<hello@north.example>\r\n", "Sender: pbx@example.net\r\n");
    assert!(taken.text.contains(shown), "{}", taken.text);
    assert!(taken.text.contains(sent), "{}", taken.text);
}

#[tokio::test]
async fn a_mail_with_html_has_both_forms() {
    let mut sink = Sink::start(Manners::Good).await;
    let html = Some("<p>Hello Ann.</p>".to_owned());
    let both = Mail { html, ..mail() };
    mailer(&sink, COMMAND_TIME).send(both).await.unwrap();
    let taken = sink.taken().await;
    assert!(
        taken.text.contains("multipart/alternative"),
        "{}",
        taken.text
    );
    assert!(taken.text.contains("<p>Hello Ann.</p>"), "{}", taken.text);
    assert!(taken.text.contains("Hello Ann.\r\n"), "{}", taken.text);
}

#[tokio::test]
async fn a_server_that_greylists_is_worth_another_try() {
    let refused = sent(Manners::Says("450 4.7.1 greylisted, come back later")).await;
    let refused = refused.unwrap_err();
    assert!(refused.may_retry(), "{refused}");
    assert!(refused.to_string().contains("greylisted"), "{refused}");
}

#[tokio::test]
async fn a_server_that_refuses_for_good_is_not() {
    let refused = sent(Manners::Says("550 5.1.1 no such person")).await;
    assert!(
        matches!(refused, Err(MailError::Refused { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_in_bounded_time() {
    let sink = Sink::start(Manners::Mute).await;
    let sent = mailer(&sink, Duration::from_millis(50)).send(mail()).await;
    assert!(matches!(sent, Err(MailError::Later { .. })), "{sent:?}");
}

#[tokio::test]
async fn a_server_that_speaks_no_smtp_and_one_that_is_not_there_are_worth_another_try() {
    let refused = sent(Manners::Greets("HTTP/1.1 400 Bad Request")).await;
    assert!(
        matches!(refused, Err(MailError::Later { .. })),
        "{refused:?}"
    );
    let sink = Sink::start(Manners::Good).await;
    let mailer = mailer(&sink, COMMAND_TIME);
    sink.close().await;
    let refused = mailer.send(mail()).await;
    assert!(
        matches!(refused, Err(MailError::Later { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_mail_when_it_is_wanted() {
    let mut sink = Sink::start(Manners::Good).await;
    let relay = Relay::parse(&format!("smtp://{}", sink.at)).unwrap();
    let entropy = Arc::new(SeededEntropy::new(1));
    let mailer = SmtpMailer::new(&relay, "pbx@example.net", COMMAND_TIME, entropy).unwrap();
    let refused = mailer.send(mail()).await;
    let unfit = matches!(refused, Err(MailError::Unfit { .. }));
    assert!(unfit, "{refused:?}");
    assert!(sink.is_empty(), "nothing was said in clear");
}

#[tokio::test]
async fn nobody_writes_headers_through_a_subject_a_name_or_an_address() {
    let mut sink = Sink::start(Manners::Good).await;
    let mailer = mailer(&sink, COMMAND_TIME);
    let broken = "Hi\r\nBcc: all@acme.example".to_owned();
    let to = |address: &str| Mail {
        to: address.to_owned(),
        ..mail()
    };
    let wrong = [
        Mail {
            subject: broken.clone(),
            ..mail()
        },
        Mail {
            from_name: broken,
            ..mail()
        },
        Mail {
            text: "x".repeat(MAIL_BODY_MAX + 1),
            ..mail()
        },
        to("ann@acme.example\r\nBcc: all@acme.example"),
        to("Ann <ann@acme.example>"),
    ];
    for mail in wrong {
        let refused = mailer.send(mail).await;
        assert!(
            matches!(refused, Err(MailError::Invalid { .. })),
            "{refused:?}"
        );
    }
    assert!(sink.is_empty(), "nothing was sent");
}

#[test]
fn a_sender_that_is_no_address_is_refused_at_the_start() {
    let relay = Relay::parse("smtp://mail.example.net").unwrap();
    let entropy = Arc::new(SeededEntropy::new(1));
    assert!(SmtpMailer::new(&relay, "the exchange", COMMAND_TIME, entropy).is_err());
}
