//! One connection to the server, as the store's threads use it.

use ports::StoreError;

use super::line::Line;
use crate::relational::{EachRow, Link, Purpose, Sight, Value};

/// The lock that a writing transaction holds until it is durable, so that entries of the feed
/// become visible in the order of their cursors whoever writes them. ASCII for "strowger".
const WRITERS: &str = "8319400234730349938";

fn looking(sight: Sight) -> String {
    // ids and marks have no quotes
    format!("SET LOCAL strowger.sight = '{sight}';")
}

impl Link for Line {
    fn run(&self, text: &str, params: &[Value]) -> Result<usize, StoreError> {
        let changed = self.execute(text, params)?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn each(&self, text: &str, params: &[Value], read: EachRow<'_>) -> Result<(), StoreError> {
        for row in self.query(text, params)? {
            if !read(&row)? {
                break;
            }
        }
        Ok(())
    }

    fn begin(&self, purpose: Purpose, sight: Sight) -> Result<(), StoreError> {
        let begin = match purpose {
            Purpose::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;".to_owned(),
            Purpose::Write => format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
                 SELECT pg_advisory_xact_lock({WRITERS});"
            ),
        };
        self.sight.set(Some(sight));
        let begun = self.open_with(&format!("{begin}{}", looking(sight)));
        if begun.is_err() {
            // half a beginning must not meet the next one
            self.hang_up();
        }
        begun
    }

    fn look(&self, sight: Sight) -> Result<Sight, StoreError> {
        let before = self.sight.get();
        if before != Some(sight) {
            self.batch(&looking(sight))?;
            self.sight.set(Some(sight));
        }
        Ok(before.unwrap_or(sight))
    }

    fn begin_step(&self, sight: Sight) -> Result<(), StoreError> {
        self.sight.set(Some(sight));
        self.batch(&format!("SAVEPOINT step;{}", looking(sight)))
    }

    fn end_step(&self, kept: bool) -> Result<(), StoreError> {
        if kept {
            return self.batch("RELEASE step");
        }
        self.sight.set(None);
        self.batch("ROLLBACK TO step; RELEASE step")
    }

    fn commit(&self) -> Result<(), StoreError> {
        // a transaction that failed would answer COMMIT with a silent rollback; nothing passes
        // the statement before it then
        let committed = self.batch("SELECT 1; COMMIT");
        if committed.is_err() {
            self.hang_up();
        }
        committed
    }

    fn roll_back(&self) {
        if self.batch("ROLLBACK").is_err() {
            self.hang_up();
        }
    }

    /// The server keeps dead rows until it cleans up, and its log; see the operator's pages.
    fn forget_erased(&self) {}
}
