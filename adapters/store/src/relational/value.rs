//! What a column or a parameter holds, whatever database it is in.

use ports::StoreError;

use super::damage::corrupt;

/// One value of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing (NULL).
    Nothing,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// What can be stored or compared.
pub(crate) trait ToValue {
    fn to_value(&self) -> Value;
}

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl ToValue for i64 {
    fn to_value(&self) -> Value {
        Value::Integer(*self)
    }
}

impl ToValue for u16 {
    fn to_value(&self) -> Value {
        Value::Integer((*self).into())
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Integer((*self).into())
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value {
        Value::Bytes(self.clone())
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Nothing, ToValue::to_value)
    }
}

/// The parameters of one statement, in their order.
pub(crate) trait Params {
    fn values(self) -> Vec<Value>;
}

impl Params for Vec<Value> {
    fn values(self) -> Vec<Value> {
        self
    }
}

impl<T: ToValue, const N: usize> Params for [T; N] {
    fn values(self) -> Vec<Value> {
        self.iter().map(ToValue::to_value).collect()
    }
}

/// Parameters of several types.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        Vec::<$crate::relational::value::Value>::from([
            $($crate::relational::value::ToValue::to_value(&$value)),*
        ])
    };
}

pub(crate) use params;

/// What can be read from a column.
pub(crate) trait FromValue: Sized {
    fn from_value(value: Value) -> Result<Self, StoreError>;
}

fn odd<T>(value: &Value) -> Result<T, StoreError> {
    Err(corrupt(match value {
        Value::Nothing => "nothing where something must be",
        Value::Integer(_) => "a number where something else must be",
        Value::Text(_) => "a text where something else must be",
        Value::Bytes(_) => "bytes where something else must be",
    }))
}

impl FromValue for Value {
    fn from_value(value: Value) -> Result<Value, StoreError> {
        Ok(value)
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Result<i64, StoreError> {
        match value {
            Value::Integer(number) => Ok(number),
            Value::Nothing | Value::Text(_) | Value::Bytes(_) => odd(&value),
        }
    }
}

impl FromValue for u16 {
    fn from_value(value: Value) -> Result<u16, StoreError> {
        let number = i64::from_value(value)?;
        u16::try_from(number).map_err(|_| corrupt("a number out of its range"))
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<String, StoreError> {
        match value {
            Value::Text(text) => Ok(text),
            Value::Nothing | Value::Integer(_) | Value::Bytes(_) => odd(&value),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Result<Vec<u8>, StoreError> {
        match value {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Nothing | Value::Integer(_) | Value::Text(_) => odd(&value),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Option<T>, StoreError> {
        if value == Value::Nothing {
            return Ok(None);
        }
        T::from_value(value).map(Some)
    }
}
