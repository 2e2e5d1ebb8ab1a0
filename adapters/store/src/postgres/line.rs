//! One connection to the server, with its prepared statements; made again after it was lost.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use ports::StoreError;
use postgres::types::ToSql;
use postgres::{Client, Row, Statement};

use super::failure::failed;
use super::server::Server;
use super::text::translated;
use crate::relational::{Sight, Value};

/// Statements kept prepared, per connection. When there are more, all are prepared anew.
const PREPARED: usize = 256;

struct Talk {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl Talk {
    fn statement(&mut self, text: &str) -> Result<Statement, postgres::Error> {
        if let Some(known) = self.prepared.get(text) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(&translated(text))?;
        if self.prepared.len() >= PREPARED {
            self.prepared.clear();
        }
        self.prepared.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// A connection for one thread.
pub(super) struct Line {
    server: Server,
    talk: RefCell<Option<Talk>>,
    /// What the transaction sees; `None` when a step was undone and nothing is sure.
    pub(super) sight: Cell<Option<Sight>>,
}

impl Line {
    /// A line that is connected.
    pub(super) fn to(server: &Server) -> Result<Line, postgres::Error> {
        let line = Line {
            server: server.clone(),
            talk: RefCell::default(),
            sight: Cell::default(),
        };
        line.connect()?;
        Ok(line)
    }

    fn connect(&self) -> Result<(), postgres::Error> {
        let client = self.server.connect()?;
        let prepared = HashMap::new();
        *self.talk.borrow_mut() = Some(Talk { client, prepared });
        Ok(())
    }

    fn is_down(&self) -> bool {
        let talk = self.talk.borrow();
        talk.as_ref().is_none_or(|talk| talk.client.is_closed())
    }

    fn speak<T>(
        &self,
        speak: impl FnOnce(&mut Talk) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        match self.talk.borrow_mut().as_mut() {
            Some(talk) => speak(talk).map_err(failed),
            None => Err(StoreError::Unavailable {
                detail: "there is no connection to the database".to_owned(),
            }),
        }
    }

    /// Carries out the first texts of a transaction. A connection that was lost meanwhile is made
    /// anew, once: nothing of the transaction has happened yet.
    pub(super) fn open_with(&self, texts: &str) -> Result<(), StoreError> {
        if self.is_down() {
            self.connect().map_err(failed)?;
        }
        let begun = self.batch(texts);
        if begun.is_err() && self.is_down() {
            self.connect().map_err(failed)?;
            return self.batch(texts);
        }
        begun
    }

    /// Carries out texts without parameters, in one round trip.
    pub(super) fn batch(&self, texts: &str) -> Result<(), StoreError> {
        self.speak(|talk| talk.client.batch_execute(texts))
    }

    /// Carries out a statement; gives the number of rows it changed.
    pub(super) fn execute(&self, text: &str, params: &[Value]) -> Result<u64, StoreError> {
        self.speak(|talk| {
            let statement = talk.statement(text)?;
            talk.client.execute(&statement, &bound(params))
        })
    }

    /// The rows of a statement.
    pub(super) fn query(&self, text: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.speak(|talk| {
            let statement = talk.statement(text)?;
            talk.client.query(&statement, &bound(params))
        })
    }

    /// Hangs up: whatever was under way is undone by the server.
    pub(super) fn hang_up(&self) {
        *self.talk.borrow_mut() = None;
    }
}

fn bound(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}
