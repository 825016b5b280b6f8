//! What `log()` of the prediction logger does: a row becomes a block, gets its number, and is in the
//! spool's file, in one call. The class below it, in Python, opens the spool and sends what is in it.

use crate::convert::batch::{Context, Resolver};
use crate::convert::refusal::{Convert, Refusal};
use crate::convert::unset::unset;
use crate::convert::value::{kind, shown, utf8};
use crate::convert::{parents, time, value};
use crate::error::Raise;
use crate::run::Process;
use lineseal_core::error::Result;
use lineseal_core::event::{Fill, Level, Writer, check};
use lineseal_core::hash::Hash;
use lineseal_spool::{Bounds, Counts, Files, Full, Queue, Room, closed, frame, renumber};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often whoever waits for room looks for signals.
const TICK: Duration = Duration::from_millis(100);

/// The spool of one process, and the rows that are written to it.
///
/// Named as users know the class that inherits from it: errors of its arguments say so.
#[pyclass(name = "PredictionLogger", subclass, frozen, module = "lineseal._core")]
pub struct Spool {
    /// Locked for a moment and with the GIL only, so that no fork finds it locked.
    open: Mutex<Option<Arc<Open>>>,
}

struct Open {
    process: Process,
    queue: Queue,
    stream: String,
    parents: Vec<(Hash, String)>,
    actor: String,
    durable: bool,
    scratch: Mutex<Vec<Scratch>>,
}

/// What a row is made in; kept for the next one.
struct Scratch {
    writer: Writer,
    frame: Vec<u8>,
}

/// An argument that may be None, or not given.
struct Given<'py>(Option<Bound<'py, PyAny>>);

impl<'a, 'py> FromPyObject<'a, 'py> for Given<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let given = object.to_owned();
        Ok(Given(if given.is(unset(given.py())?) { None } else { Some(given) }))
    }
}

/// The arguments of one row.
struct Row<'a, 'py> {
    /// In the order of the block, so that the writer need not sort.
    fields: [(&'static str, Option<&'a Bound<'py, PyAny>>); 8],
    time: Option<&'a Bound<'py, PyAny>>,
    actor: Option<&'a Bound<'py, PyAny>>,
    parents: Option<&'a Bound<'py, PyAny>>,
}

#[pymethods]
impl Spool {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyAny>, _kwargs: Option<&Bound<'_, PyAny>>) -> Self {
        Spool { open: Mutex::new(None) }
    }

    /// Logs one prediction: checked, encoded and in the spool when this returns.
    ///
    /// Args:
    ///     inputs: What the model was given: any value.
    ///     output: What it answered: any value.
    ///     prediction_id: A text; a UUIDv7 is drawn when there is none.
    ///     status: How it went.
    ///     error: What went wrong.
    ///     latency_us: Microseconds that it took.
    ///     properties: A map of whatever else.
    ///     ids: Texts by which others know it.
    ///     time: When; now when not given.
    ///     actor: Who recorded it, instead of the logger's.
    ///     parents: Instead of the logger's; full hashes.
    ///
    /// Returns:
    ///     The event's hash, 64 hex digits; empty where the spool was full and the row dropped.
    ///
    /// Raises:
    ///     InvalidRecordError: A value has no place in an event; `path` says where.
    ///     StorageFullError: The spool is full, or its disk.
    ///     LedgerClosedError: The logger is closed.
    #[pyo3(signature = (*, inputs=Given(None), output=Given(None), prediction_id=None, status=None,
        error=None, latency_us=None, properties=None, ids=None, time=None, actor=None, parents=None))]
    #[pyo3(
        text_signature = "($self, *, inputs=UNSET, output=UNSET, prediction_id=None, status=None, \
        error=None, latency_us=None, properties=None, ids=None, time=None, actor=None, parents=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are the fields of a prediction")]
    fn log<'py>(
        slf: &Bound<'py, Self>,
        inputs: Given<'py>,
        output: Given<'py>,
        prediction_id: Option<Bound<'py, PyAny>>,
        status: Option<Bound<'py, PyAny>>,
        error: Option<Bound<'py, PyAny>>,
        latency_us: Option<Bound<'py, PyAny>>,
        properties: Option<Bound<'py, PyAny>>,
        ids: Option<Bound<'py, PyAny>>,
        time: Option<Bound<'py, PyAny>>,
        actor: Option<Bound<'py, PyAny>>,
        parents: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyString>> {
        let fields = [
            ("ids", ids.as_ref()),
            ("error", error.as_ref()),
            ("inputs", inputs.0.as_ref()),
            ("output", output.0.as_ref()),
            ("status", status.as_ref()),
            ("latency_us", latency_us.as_ref()),
            ("properties", properties.as_ref()),
            ("prediction_id", prediction_id.as_ref()),
        ];
        let (time, actor, parents) = (time.as_ref(), actor.as_ref(), parents.as_ref());
        let py = slf.py();
        match opened(slf)? {
            Some(open) => open.log(py, &Row { fields, time, actor, parents }),
            None => Ok(PyString::new(py, "")),
        }
    }

    /// Begins the spool of this process in an empty folder.
    #[pyo3(signature = (folder, stream, parents, actor, *, total, segment, full, durable, dropped,
        raised))]
    #[expect(clippy::too_many_arguments, reason = "they are the settings of a logger")]
    fn _start(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        stream: String,
        parents: Vec<(String, String)>,
        actor: Option<String>,
        total: u64,
        segment: u64,
        full: &str,
        durable: bool,
        dropped: u64,
        raised: u64,
    ) -> PyResult<()> {
        let full = match full {
            "block" => Full::Block,
            "drop" => Full::Drop,
            _ => Full::Raise,
        };
        let hashes = parents.into_iter().map(|(hash, role)| Ok((hash.parse()?, role)));
        let parents = hashes.collect::<Result<Vec<_>>>().or_raise(py)?;
        let files = Files::create(folder, Bounds { total, segment }, durable).or_raise(py)?;
        let queue = Queue::new(files, full, dropped, raised).or_raise(py)?;
        let process = Process::current();
        let (actor, scratch) = (actor.unwrap_or_default(), Mutex::new(Vec::new()));
        self.set(Some(Arc::new(Open { process, queue, stream, parents, actor, durable, scratch })));
        Ok(())
    }

    /// Forgets the spool of the process that forked this one.
    fn _forget(&self) {
        self.set(None);
    }

    /// Writes a block that is no caller's row, whether there is room or not.
    fn _note(&self, py: Python<'_>, block: &[u8]) -> PyResult<()> {
        let open = self.get(py)?;
        check(block, Level::Record).or_raise(py)?;
        let mut frame = vec![0; frame::HEAD];
        frame.extend_from_slice(block);
        frame::seal(&mut frame);
        open.queue.note(&frame).or_raise(py)
    }

    /// Waits until `rows` are there, something else is to be done, or time is up; how many are there.
    fn _wait(&self, py: Python<'_>, rows: u64, seconds: f64) -> PyResult<u64> {
        let open = self.get(py)?;
        let most = Duration::try_from_secs_f64(seconds).unwrap_or(TICK);
        Ok(py.detach(|| open.queue.wait_for_work(rows, most)).depth)
    }

    /// Ends that wait.
    fn _wake(&self, py: Python<'_>) -> PyResult<()> {
        self.get(py)?.queue.wake();
        Ok(())
    }

    /// So many rows are dealt with, up to this place.
    fn _done(&self, py: Python<'_>, rows: u64, place: (u64, u64)) -> PyResult<()> {
        self.get(py)?.queue.done(rows, place);
        Ok(())
    }

    /// A segment of so many bytes was deleted.
    fn _deleted(&self, py: Python<'_>, bytes: u64) -> PyResult<()> {
        self.get(py)?.queue.deleted(bytes);
        Ok(())
    }

    /// Empties the last segment, whose rows end there and are all dealt with, if that is worth it.
    fn _restart(&self, py: Python<'_>, place: (u64, u64), worth: u64) -> PyResult<bool> {
        self.get(py)?.queue.restart(place, worth).or_raise(py)
    }

    /// Somebody cut off or deleted the last segment: the next row begins another.
    fn _tear(&self, py: Python<'_>) -> PyResult<()> {
        self.get(py)?.queue.tear();
        Ok(())
    }

    /// First and last numbers of rows that were dropped, and of which nobody was told.
    fn _lost(&self, py: Python<'_>) -> PyResult<Vec<(u64, u64)>> {
        Ok(self.get(py)?.queue.lost())
    }

    /// Gap events tell of all that were dropped up to this number.
    fn _told(&self, py: Python<'_>, upto: u64) -> PyResult<()> {
        self.get(py)?.queue.told(upto);
        Ok(())
    }

    /// The last segment, and how many of its bytes are rows.
    fn _end(&self, py: Python<'_>) -> PyResult<(u64, u64)> {
        Ok(self.get(py)?.queue.end())
    }

    /// The number that the next row will have.
    fn _seq(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(self.get(py)?.queue.seq())
    }

    /// logged, depth, dropped, raised, bytes.
    fn _counts(&self, py: Python<'_>) -> PyResult<(u64, u64, u64, u64, u64)> {
        let Counts { logged, depth, dropped, raised, bytes } = self.get(py)?.queue.counts();
        Ok((logged, depth, dropped, raised, bytes))
    }

    /// Refuses rows from now on.
    fn _close(&self, py: Python<'_>) -> PyResult<()> {
        self.get(py)?.queue.close();
        Ok(())
    }
}

impl Spool {
    fn set(&self, open: Option<Arc<Open>>) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = open;
    }

    fn now(&self) -> Option<Arc<Open>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().filter(|open| open.process == Process::current()).cloned()
    }

    fn get(&self, py: Python<'_>) -> PyResult<Arc<Open>> {
        self.now().ok_or_else(closed).or_raise(py)
    }
}

/// The spool of this process; `_begin` opens it for the first row after a fork. None where there is
/// no room for one, and the row is dropped.
fn opened(slf: &Bound<'_, Spool>) -> PyResult<Option<Arc<Open>>> {
    let open = slf.get().now();
    if open.is_some() {
        return Ok(open);
    }
    let begun: bool = slf.call_method0("_begin")?.extract()?;
    if begun { slf.get().get(slf.py()).map(Some) } else { Ok(None) }
}

impl Open {
    fn log<'py>(&self, py: Python<'py>, row: &Row<'_, 'py>) -> PyResult<Bound<'py, PyString>> {
        let kept = self.scratch.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch =
            kept.unwrap_or_else(|| Scratch { writer: Writer::new(), frame: Vec::new() });
        let hash = self.with(py, row, &mut scratch)?;
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        Ok(match hash {
            Some(hash) => PyString::new(py, &hash.to_string()),
            None => PyString::new(py, ""),
        })
    }

    fn with(
        &self,
        py: Python<'_>,
        row: &Row<'_, '_>,
        scratch: &mut Scratch,
    ) -> PyResult<Option<Hash>> {
        let Scratch { writer, frame } = scratch;
        let mut seq = self.queue.seq();
        frame.clear();
        frame.resize(frame::HEAD, 0);
        let written = self.write(row, seq, writer);
        written.map_err(|refusal| refusal.into_py(py, None))?;
        let mut hash = writer.finish(Fill::Draw, frame).or_raise(py)?;
        frame::seal(frame);
        // The GIL is kept during the write: to have it back would take longer while others compute.
        loop {
            match self.queue.put(frame, seq).or_raise(py)? {
                Room::Written(number) if self.durable => {
                    py.detach(|| self.queue.sync(number)).or_raise(py)?;
                    return Ok(Some(hash));
                }
                Room::Written(_) => return Ok(Some(hash)),
                Room::Dropped => return Ok(None),
                Room::Numbered(number) => {
                    // Converting the values let another thread in between.
                    seq = number;
                    hash = renumber(frame, seq).or_raise(py)?;
                }
                Room::Wait => {
                    py.detach(|| self.queue.wait_for_room(frame.len(), TICK));
                    py.check_signals()?;
                }
            }
        }
    }

    /// Drives the writer through the row, up to but without `finish`.
    fn write(&self, row: &Row<'_, '_>, seq: u64, writer: &mut Writer) -> Convert<()> {
        writer.begin("prediction")?;
        if let Some(given) = row.time {
            writer.time(time::fitting(given).map_err(|refusal| refusal.placed("time", "time"))?);
        }
        match row.actor {
            Some(given) => writer.actor(actor(given)?),
            None => writer.actor(&self.actor),
        }
        match row.parents {
            Some(given) => parents::write(given, &Context::alone(Resolver::Nobody), writer)?,
            None if self.parents.is_empty() => writer.no_parents(),
            None => self.parents.iter().try_for_each(|(hash, role)| writer.parent(*hash, role))?,
        }
        for (name, given) in row.fields {
            // These two are ours, and have their places between the others.
            match name {
                "error" => {
                    writer.field("seq")?;
                    writer.int(seq.into())?;
                }
                "latency_us" => {
                    writer.field("stream")?;
                    writer.text(&self.stream)?;
                }
                _ => {}
            }
            if let Some(given) = given {
                writer.field(name)?;
                value::write(given, writer)
                    .map_err(|refusal| refusal.placed(name, &writer.path()))?;
            }
        }
        Ok(())
    }
}

fn actor<'a>(given: &'a Bound<'_, PyAny>) -> Convert<&'a str> {
    let text = given.cast::<PyString>().map_err(|_| {
        let message = format!("{} is {}, not text", shown(given), kind(given));
        Refusal::value(message, "Give a str that says who recorded it")
    });
    text.and_then(|text| utf8(text)).map_err(|refusal| refusal.placed("actor", "actor"))
}

/// The blocks of a segment from a place on, where the next ones begin, the bytes that were passed
/// over as damaged, and whether nothing follows.
type Piece<'py> = (Bound<'py, PyList>, u64, u64, bool);

/// Rows of a segment: see `lineseal_spool::read`.
#[pyfunction]
#[pyo3(signature = (path, start, end=None, *, rows))]
pub fn read_rows(
    py: Python<'_>,
    path: PathBuf,
    start: u64,
    end: Option<u64>,
    rows: usize,
) -> PyResult<Piece<'_>> {
    let piece = py.detach(|| lineseal_spool::read(&path, start, end, rows)).or_raise(py)?;
    let blocks =
        PyList::new(py, piece.blocks().map(|block| PyBytes::new(py, block)).collect::<Vec<_>>())?;
    Ok((blocks, piece.next, piece.damaged, piece.last))
}

/// First and last numbers of the rows that the process of a spool dropped without telling of them.
#[pyfunction]
pub fn read_lost(folder: PathBuf) -> Vec<(u64, u64)> {
    lineseal_spool::read_lost(&folder)
}
