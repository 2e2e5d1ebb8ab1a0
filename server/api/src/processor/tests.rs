//! Turns as a runtime would take them, one poll after the other, with costs that are stated.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Wake;

const WEIGHT: u16 = 10;

/// Whether a task was woken since it was last looked at.
#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// A task as a runtime has it: polled when its bell was rung.
struct Task {
    bell: Arc<Bell>,
    work: Pin<Box<dyn Future<Output = ()>>>,
}

impl Task {
    fn new(work: impl Future<Output = ()> + 'static) -> Task {
        Task {
            bell: Arc::default(),
            work: Box::pin(work),
        }
    }

    fn poll(&mut self) -> bool {
        let waker = Waker::from(Arc::clone(&self.bell));
        let mut context = Context::from_waker(&waker);
        self.work.as_mut().poll(&mut context).is_ready()
    }

    fn was_woken(&self) -> bool {
        self.bell.0.swap(false, Ordering::AcqRel)
    }
}

/// Who computed, in order.
type Order = Rc<RefCell<Vec<char>>>;

/// Computes once and is over.
fn compute(order: &Order, asker: char) -> impl Future<Output = ()> + 'static {
    let order = Rc::clone(order);
    async move { order.borrow_mut().push(asker) }
}

/// The processor is taken by a stretch that has not ended.
fn taken(processor: &Arc<Processor<char>>) {
    assert!(
        processor
            .state()
            .ask(('x', WEIGHT), Waker::noop())
            .is_none()
    );
}

/// Polls what was woken until nothing is.
fn run(tasks: &mut Vec<Task>) {
    while let Some(at) = tasks.iter().position(Task::was_woken) {
        if tasks[at].poll() {
            tasks.remove(at);
        }
    }
}

/// What a stretch of an asker cost, as measured.
fn costs(processor: &Processor<char>, asker: char, units: u16) {
    processor.state().account(asker).debt = units;
}

#[test]
fn a_neighbour_waits_for_one_stretch_of_each_other_asker_however_much_they_ask() {
    let (processor, order) = (Processor::new(1, 1_000), Order::default());
    taken(&processor);
    let mut tasks = Vec::new();
    for asker in ['a', 'b'] {
        costs(&processor, asker, 10);
        for _ in 0..200 {
            let work = compute(&order, asker);
            tasks.push(Task::new(processor.share((asker, WEIGHT), work)));
        }
    }
    let work = compute(&order, 'n');
    tasks.push(Task::new(processor.share(('n', WEIGHT), work)));
    assert!(!tasks.iter_mut().any(Task::poll), "all wait");
    processor.give_back();
    run(&mut tasks);
    let order = order.borrow();
    let before = order.iter().position(|asker| *asker == 'n').unwrap();
    assert!(before <= 2, "{:?}", &order[..10]);
    assert_eq!(order.len(), 401, "nobody is forgotten");
}

#[test]
fn stretches_are_paid_by_their_time_and_not_by_their_number() {
    let (processor, order) = (Processor::new(1, 1_000), Order::default());
    taken(&processor);
    let mut tasks = Vec::new();
    for asker in ['a', 'b'] {
        for _ in 0..100 {
            // each is measured anew, so the debt is stated again by the work itself
            let (account, cost) = (Arc::clone(&processor), if asker == 'a' { 40 } else { 10 });
            costs(&account, asker, cost);
            let work = compute(&order, asker);
            tasks.push(Task::new(processor.share((asker, WEIGHT), work)));
        }
    }
    assert!(!tasks.iter_mut().any(Task::poll), "all wait");
    processor.give_back();
    run(&mut tasks);
    let order = order.borrow();
    let dear = order[..50].iter().filter(|asker| **asker == 'a').count();
    assert!(
        (9..=11).contains(&dear),
        "{dear} of 50, each four times as dear"
    );
}

#[test]
fn whoever_waits_for_something_else_is_in_nobodys_way() {
    let (processor, order) = (Processor::new(1, 10), Order::default());
    let mut sleeper = Task::new(processor.share(('a', WEIGHT), std::future::pending()));
    assert!(!sleeper.poll());
    let mut other = Task::new(processor.share(('b', WEIGHT), compute(&order, 'b')));
    assert!(
        other.poll(),
        "the processor is free while the sleeper sleeps"
    );
}

#[test]
fn a_request_that_goes_away_with_its_turn_leaves_it_to_the_next() {
    let (processor, order) = (Processor::new(1, 10), Order::default());
    taken(&processor);
    let mut first = Task::new(processor.share(('a', WEIGHT), compute(&order, 'a')));
    let gone = Task::new(processor.share(('b', WEIGHT), compute(&order, 'b')));
    let mut tasks = vec![
        gone,
        Task::new(processor.share(('c', WEIGHT), compute(&order, 'c'))),
    ];
    assert!(!first.poll() && !tasks.iter_mut().any(Task::poll));
    // one waits and goes away; another was granted its turn and goes away before it took it
    tasks.remove(0);
    processor.give_back();
    assert!(first.was_woken());
    drop(first);
    run(&mut tasks);
    assert_eq!(*order.borrow(), ['c']);
    assert_eq!(processor.state().free, 1);
}

#[test]
fn a_stretch_that_panics_gives_its_turn_back() {
    let processor: Arc<Processor<char>> = Processor::new(1, 10);
    let mut bad = Task::new(processor.share(('a', WEIGHT), async { panic!("a fault") }));
    let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bad.poll()));
    assert!(polled.is_err());
    assert_eq!(processor.state().free, 1);
}

#[test]
fn without_room_to_wait_a_request_goes_on_out_of_turn() {
    let (processor, order) = (Processor::new(1, 0), Order::default());
    taken(&processor);
    let mut tasks = vec![Task::new(
        processor.share(('a', WEIGHT), compute(&order, 'a')),
    )];
    assert!(!tasks[0].poll());
    run(&mut tasks);
    assert_eq!(*order.borrow(), ['a']);
    assert_eq!(processor.state().free, 0, "what was under way still is");
}

#[test]
fn an_account_says_how_long_an_asker_computed_and_waited() {
    let (processor, order) = (Processor::new(1, 10), Order::default());
    processor.waited('a', Duration::from_millis(3));
    let mut task = Task::new(processor.share(('a', WEIGHT), compute(&order, 'a')));
    assert!(task.poll());
    let accounts = processor.accounts();
    let [('a', account)] = accounts.as_slice() else {
        panic!("{accounts:?}");
    };
    assert_eq!(account.waited, Duration::from_millis(3));
    assert!(account.computed > Duration::ZERO);
}
