//! Whose request it is presumed to be before its key is looked up: whose it was the last time.
//!
//! To look a key up costs the store work. So that somebody who asks too much waits for its turn, or
//! is refused, before that work is done, what a key was found to be is remembered. It is no proof,
//! and nothing is opened by it: each request's key is looked up all the same, and what was presumed
//! wrongly is forgotten then.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keys remembered at most; beyond it all are forgotten, which costs a look-up out of turn each.
pub(crate) const KEYS_MAX: usize = 20_000;

/// Who showed which key. Of a key only a number is kept, made with a secret of this process.
#[derive(Debug)]
pub(crate) struct Presumed<A> {
    secret: RandomState,
    known: Mutex<HashMap<u64, A>>,
}

impl<A: Copy> Presumed<A> {
    /// Nobody is known yet.
    pub(crate) fn new() -> Presumed<A> {
        Presumed {
            secret: RandomState::new(),
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<u64, A>> {
        // a table of numbers is whole after every step
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who shows this key, as far as is known.
    pub(crate) fn whose(&self, key: &str) -> Option<A> {
        self.known().get(&self.secret.hash_one(key)).copied()
    }

    /// Whose a key was found to be; nobody's is forgotten.
    pub(crate) fn learn(&self, key: &str, asker: Option<A>) {
        let number = self.secret.hash_one(key);
        let mut known = self.known();
        match asker {
            None => {
                known.remove(&number);
            }
            Some(asker) => {
                if known.len() >= KEYS_MAX {
                    known.clear();
                }
                known.insert(number, asker);
            }
        }
    }

    /// Keys that are remembered.
    pub(crate) fn len(&self) -> usize {
        self.known().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_presumed_to_be_whose_it_was_until_it_is_nobodys() {
        let presumed = Presumed::new();
        assert_eq!(presumed.whose("a"), None);
        presumed.learn("a", Some('x'));
        presumed.learn("b", Some('y'));
        assert_eq!(presumed.whose("a"), Some('x'));
        presumed.learn("a", None);
        assert_eq!(presumed.whose("a"), None);
        assert_eq!(presumed.whose("b"), Some('y'));
    }

    #[test]
    fn keys_beyond_the_bound_are_not_kept_beside_the_others() {
        let presumed = Presumed::new();
        for number in 0..=KEYS_MAX {
            presumed.learn(&number.to_string(), Some('x'));
        }
        assert_eq!(presumed.len(), 1);
    }
}
