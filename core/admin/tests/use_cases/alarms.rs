//! Mail about calls for help: once to each address, tried again while the server is away, never
//! about a call that is long over, and never to a neighbour.

use std::sync::Mutex;

use admin::access::Entered;
use admin::alarms::Alarms;
use async_trait::async_trait;
use domain::{Event, HelpCalled, Party};
use ids::CallId;
use ports::{EventLog, Mail, MailError, Mailer};
use store::block_on;

use crate::office::Scene;

/// A mail server that can be away.
#[derive(Default)]
struct Server {
    away: Mutex<bool>,
    taken: Mutex<Vec<Mail>>,
}

impl Server {
    fn is_away(&self, away: bool) {
        *self.away.lock().unwrap() = away;
    }

    fn taken(&self) -> Vec<(String, String)> {
        let taken = self.taken.lock().unwrap();
        let taken = taken.iter();
        taken.map(|m| (m.to.clone(), m.subject.clone())).collect()
    }
}

#[async_trait]
impl Mailer for Server {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        if *self.away.lock().unwrap() {
            let detail = "away".to_owned();
            return Err(MailError::Later { detail });
        }
        self.taken.lock().unwrap().push(mail);
        Ok(())
    }
}

/// Somebody of a company calls for help now.
fn called(scene: &Scene, company: &Entered, n: u128, mail_to: &[&str]) {
    let help = HelpCalled {
        number: "112".to_owned(),
        test: false,
        caller: Party {
            number: "101".to_owned(),
            ..Party::default()
        },
        device: None,
        location: None,
        callback: None,
        desk: None,
        mail_to: mail_to.iter().map(|to| (*to).to_owned()).collect(),
    };
    let of = (company.tenant.id, CallId::new(1, n));
    let event = Event::emergency_called(of, &help, scene.office.now());
    block_on(scene.store.write_events(vec![event])).unwrap();
}

fn work(scene: &Scene, alarms: &mut Alarms, server: &Server) {
    block_on(alarms.work(&scene.office, server)).unwrap();
}

#[test]
fn each_address_is_told_once_of_each_call_however_often_the_exchange_starts() {
    let (scene, server) = (Scene::new(), Server::default());
    let acme = scene.company("acme.example");
    let mut alarms = Alarms::default();
    work(&scene, &mut alarms, &server);
    called(&scene, &acme, 1, &["a@acme.example", "b@acme.example"]);
    work(&scene, &mut alarms, &server);
    work(&scene, &mut alarms, &server);
    let subject = "Emergency: 101 called 112 from an unknown place";
    let expected = ["a@acme.example", "b@acme.example"];
    let expected = expected.map(|to| (to.to_owned(), subject.to_owned()));
    assert_eq!(server.taken(), expected);
    work(&scene, &mut Alarms::default(), &server);
    assert_eq!(server.taken().len(), 2, "the next start finds them marked");
    called(&scene, &acme, 2, &["a@acme.example"]);
    work(&scene, &mut Alarms::default(), &server);
    assert_eq!(server.taken().len(), 3, "and what it had not seen");
    assert_eq!(alarms.figures().sent, 2);
}

#[test]
fn a_server_that_is_away_is_tried_again_for_an_hour_and_then_no_more() {
    let (scene, server) = (Scene::new(), Server::default());
    let acme = scene.company("acme.example");
    let mut alarms = Alarms::default();
    server.is_away(true);
    called(&scene, &acme, 1, &["a@acme.example"]);
    work(&scene, &mut alarms, &server);
    server.is_away(false);
    work(&scene, &mut alarms, &server);
    assert_eq!(server.taken(), [], "not before the pause is over");
    scene.wait(5_000);
    work(&scene, &mut alarms, &server);
    assert_eq!(server.taken().len(), 1);
    server.is_away(true);
    called(&scene, &acme, 2, &["a@acme.example"]);
    for _ in 0..20 {
        work(&scene, &mut alarms, &server);
        scene.wait(300_000);
    }
    server.is_away(false);
    work(&scene, &mut alarms, &server);
    assert_eq!(server.taken().len(), 1);
    assert_eq!(alarms.figures().lost, 1, "and that is counted");
}

#[test]
fn nobody_is_told_of_a_call_that_is_long_over() {
    let (scene, server) = (Scene::new(), Server::default());
    let acme = scene.company("acme.example");
    called(&scene, &acme, 1, &["a@acme.example"]);
    scene.wait(3_600_001);
    work(&scene, &mut Alarms::default(), &server);
    assert_eq!(server.taken(), []);
}
