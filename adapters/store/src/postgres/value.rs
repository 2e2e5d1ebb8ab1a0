//! Values between our tables and PostgreSQL's types.

use std::error::Error;

use ports::StoreError;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::failure::failed;
use crate::relational::{Row, Value};

type Refusal = Box<dyn Error + Sync + Send>;

/// What stands for the letter that no text of PostgreSQL may have.
const NO_NUL: &str = "\u{fffd}";

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Refusal> {
        match self {
            Value::Nothing => Ok(IsNull::Yes),
            Value::Integer(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Value::Integer(number) => number.to_sql(ty, out),
            Value::Text(text) if text.contains('\0') => text.replace('\0', NO_NUL).to_sql(ty, out),
            Value::Text(text) => text.to_sql(ty, out),
            Value::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // which value meets which type is known at run time only; see `fits`
        true
    }

    to_sql_checked!();
}

/// A column as we know it.
struct Column(Value);

impl FromSql<'_> for Column {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Column, Refusal> {
        Ok(Column(match *ty {
            Type::INT8 => Value::Integer(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Integer(i32::from_sql(ty, raw)?.into()),
            Type::BYTEA => Value::Bytes(Vec::from_sql(ty, raw)?),
            _ => Value::Text(String::from_sql(ty, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Column, Refusal> {
        Ok(Column(Value::Nothing))
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BYTEA, Type::TEXT].contains(ty)
    }
}

impl Row for postgres::Row {
    fn value(&self, column: usize) -> Result<Value, StoreError> {
        let found: Result<Column, _> = self.try_get(column);
        found.map(|column| column.0).map_err(failed)
    }
}
