//! Points in time: as microseconds for time fields, as text for free values.

use super::known;
use super::refusal::{Convert, Refusal};
use super::value::{integer, kind, shown};
use crate::error::raise;
use lineseal_core::error::{Code, Error};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyInt};

const ZONE: &str = "Add its zone, for example datetime.now(timezone.utc) or moment.astimezone()";

static EPOCH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Microseconds since 1970 UTC of an aware datetime, or an int that is them already.
pub fn micros(value: &Bound<'_, PyAny>) -> Convert<i128> {
    if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
        return integer(value);
    }
    if !known::DATETIME.has(value)? {
        return Err(Refusal::value(
            format!("{} is {}, not a point in time", shown(value), kind(value)),
            "Give an aware datetime, or an int of microseconds since 1970-01-01 UTC",
        ));
    }
    require_exact(value)?;
    let since = value.sub(epoch(value.py())?)?;
    let part = |name: &str| since.getattr(name)?.extract::<i64>();
    let (days, seconds, micros) = (part("days")?, part("seconds")?, part("microseconds")?);
    Ok((i128::from(days) * 86_400 + i128::from(seconds)) * 1_000_000 + i128::from(micros))
}

/// [`micros`], as an event's time holds it.
pub fn fitting(value: &Bound<'_, PyAny>) -> Convert<i64> {
    let micros = micros(value)?;
    i64::try_from(micros).map_err(|_| {
        let text = format!("{micros} lies outside -2^63 … 2^63-1");
        Refusal::value(text, "Give microseconds since 1970-01-01 UTC")
    })
}

/// `YYYY-MM-DDThh:mm:ss.ffffffZ` of an aware datetime.
pub fn text(value: &Bound<'_, PyAny>) -> Convert<String> {
    require_exact(value)?;
    let utc = epoch(value.py())?.getattr("tzinfo")?;
    let moved = value.call_method1("astimezone", (utc,)).map_err(|_| {
        Refusal::value(
            format!("{} lies outside the years 1 … 9999 in UTC", shown(value)),
            "Give it as text",
        )
    })?;
    let iso: String = moved.call_method1("isoformat", ("T", "microseconds"))?.extract()?;
    Ok(format!("{}Z", iso.trim_end_matches("+00:00")))
}

/// Aware, and no finer than a microsecond (pandas knows nanoseconds).
fn require_exact(value: &Bound<'_, PyAny>) -> Convert<()> {
    // pandas counts its missing time among the datetimes.
    if kind(value) == "NaTType" {
        return Err(Refusal::value("NaT is no point in time", "Leave it out, or give None"));
    }
    if value.call_method0("utcoffset")?.is_none() {
        return Err(Refusal::value(format!("{} has no time zone", shown(value)), ZONE));
    }
    match value.getattr_opt("nanosecond")? {
        Some(nanos) if nanos.extract::<i64>().unwrap_or(1) != 0 => Err(Refusal::value(
            format!("{} is finer than a microsecond", shown(value)),
            "Round it, for example timestamp.floor('us')",
        )),
        _ => Ok(()),
    }
}

/// For arguments of calls: `since` and `until`.
#[pyfunction]
pub fn micros_of(moment: &Bound<'_, PyAny>) -> PyResult<i64> {
    let py = moment.py();
    let refuse = |message: &str, remedy| {
        raise(py, &Error::new(Code::InvalidArgument, message).remedy(remedy))
    };
    match micros(moment) {
        Ok(micros) => i64::try_from(micros).map_err(|_| {
            refuse("the time lies outside -2^63 … 2^63-1", "Give microseconds since 1970 UTC")
        }),
        Err(Refusal::Value(message, remedy)) => Err(refuse(&message, remedy)),
        Err(other) => Err(other.into_py(py, None)),
    }
}

fn epoch(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    EPOCH
        .get_or_try_init(py, || {
            let datetime = py.import("datetime")?;
            let utc = datetime.getattr("timezone")?.getattr("utc")?;
            datetime.getattr("datetime")?.call1((1970, 1, 1, 0, 0, 0, 0, utc)).map(Bound::unbind)
        })
        .map(|epoch| epoch.bind(py))
}
