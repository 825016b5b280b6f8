//! Arrow's C data interface (structs of pointers) as safe values. The only unsafe code of this
//! crate; `docs/adr/0016-columns.md` says why it is our own. May use error.
//!
//! The interface is between parts of one process. It gives no lengths of buffers: like every
//! consumer, this believes that a producer keeps the specification, that buffers are as long as
//! its type and counts make them, and that they stay as they are until they are released. What
//! can be checked is: counts, missing pointers, texts, types, and all that lies in the buffers.
#![allow(unsafe_code)]

use crate::error::Raise;
use lineseal_core::error::{Code, Error, Result};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr::NonNull;

/// Types inside one another: far more than an event holds.
const MAX_NESTED: usize = 64;

#[repr(C)]
pub struct RawSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut RawSchema,
    dictionary: *mut RawSchema,
    release: Option<unsafe extern "C" fn(*mut RawSchema)>,
    private_data: *mut c_void,
}

#[repr(C)]
pub struct RawArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const c_void,
    children: *mut *mut RawArray,
    dictionary: *mut RawArray,
    release: Option<unsafe extern "C" fn(*mut RawArray)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct RawStream {
    get_schema: Option<unsafe extern "C" fn(*mut RawStream, *mut RawSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut RawStream, *mut RawArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut RawStream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut RawStream)>,
    private_data: *mut c_void,
}

/// A struct that its producer wants released.
trait Raw: Sized {
    /// All fields null: released, or not yet filled.
    const EMPTY: Self;
    fn release(&mut self) -> Option<unsafe extern "C" fn(*mut Self)>;
}

macro_rules! raw {
    ($($name:ident)*) => {$(
        impl Raw for $name {
            // SAFETY: integers of zero, null pointers and absent functions.
            const EMPTY: Self = unsafe { std::mem::zeroed() };
            fn release(&mut self) -> Option<unsafe extern "C" fn(*mut Self)> {
                self.release
            }
        }
    )*};
}
raw! { RawSchema RawArray RawStream }

/// Ours until it is dropped, which releases it.
struct Owned<T: Raw>(Box<T>);

impl<T: Raw> Owned<T> {
    fn empty() -> Self {
        Owned(Box::new(T::EMPTY))
    }

    /// Moves the struct out of a capsule, as the interface wants it done.
    fn take(capsule: &Bound<'_, PyAny>, name: &'static CStr) -> PyResult<Self> {
        let pointer = capsule.cast::<PyCapsule>()?.pointer_checked(Some(name))?;
        // SAFETY: a capsule of this name holds such a struct. What is left behind is empty, so
        // that the capsule's destructor releases nothing.
        let taken = unsafe { pointer.cast::<T>().replace(T::EMPTY) };
        let mut owned = Owned(Box::new(taken));
        match owned.0.release() {
            Some(_) => Ok(owned),
            None => Err(broken("it was read before")).or_raise(capsule.py()),
        }
    }
}

impl<T: Raw> Drop for Owned<T> {
    fn drop(&mut self) {
        if let Some(release) = self.0.release() {
            // SAFETY: the producer's own function on its own struct, once.
            unsafe { release(&raw mut *self.0) }
        }
    }
}

/// A type with its name: what a schema says, copied.
#[derive(Debug)]
pub struct Field {
    pub format: String,
    pub name: String,
    /// The name of an extension type and its parameters.
    pub extension: Option<(String, String)>,
    pub children: Vec<Field>,
    pub dictionary: Option<Box<Field>>,
}

/// A column in pieces, with its type.
pub struct Imported {
    pub field: Field,
    arrays: Vec<Owned<RawArray>>,
}

// SAFETY: buffers are only read, and the interface lets any thread release.
unsafe impl Send for Imported {}
// SAFETY: as above.
unsafe impl Sync for Imported {}

impl Imported {
    /// What an object exports; none when it does not.
    pub fn of(object: &Bound<'_, PyAny>) -> PyResult<Option<Imported>> {
        if let Some(export) = object.getattr_opt("__arrow_c_stream__")? {
            return stream(&export.call0()?).map(Some);
        }
        let Some(export) = object.getattr_opt("__arrow_c_array__")? else { return Ok(None) };
        let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) = export.call0()?.extract()?;
        let schema = Owned::<RawSchema>::take(&schema, c"arrow_schema")?;
        let array = Owned::<RawArray>::take(&array, c"arrow_array")?;
        let field = field(&schema.0, 0).or_raise(object.py())?;
        Ok(Some(Imported { field, arrays: vec![array] }))
    }

    /// The pieces.
    pub fn arrays(&self) -> impl Iterator<Item = Array<'_>> {
        self.arrays.iter().map(|array| Array { raw: &array.0, life: PhantomData })
    }
}

fn stream(capsule: &Bound<'_, PyAny>) -> PyResult<Imported> {
    let py = capsule.py();
    let mut stream = Owned::<RawStream>::take(capsule, c"arrow_array_stream")?;
    let raw = &raw mut *stream.0;
    let (Some(get_schema), Some(get_next)) = (stream.0.get_schema, stream.0.get_next) else {
        return Err(broken("its stream has no functions")).or_raise(py);
    };
    let mut schema = Owned::<RawSchema>::empty();
    // SAFETY: the producer's functions on its own stream; the results are ours.
    let status = unsafe { get_schema(raw, &raw mut *schema.0) };
    failed(&mut stream, status).or_raise(py)?;
    let field = field(&schema.0, 0).or_raise(py)?;
    let mut arrays = Vec::new();
    loop {
        py.check_signals()?;
        let mut array = Owned::<RawArray>::empty();
        // SAFETY: as above.
        let status = unsafe { get_next(raw, &raw mut *array.0) };
        failed(&mut stream, status).or_raise(py)?;
        if array.0.release.is_none() {
            return Ok(Imported { field, arrays });
        }
        arrays.push(array);
    }
}

fn failed(stream: &mut Owned<RawStream>, status: c_int) -> Result<()> {
    if status == 0 {
        return Ok(());
    }
    let text = stream.0.get_last_error.and_then(|get| {
        // SAFETY: the text belongs to the stream and is copied before anything else is asked.
        let text = NonNull::new(unsafe { get(&raw mut *stream.0) }.cast_mut())?;
        // SAFETY: the interface promises a terminated text.
        Some(unsafe { CStr::from_ptr(text.as_ptr()) }.to_string_lossy().into_owned())
    });
    let text = text.unwrap_or_else(|| format!("error {status}"));
    let message = format!("the Arrow stream broke off: {text}");
    Err(Error::new(Code::InvalidArgument, message).remedy("Nothing of it was recorded"))
}

fn field(raw: &RawSchema, depth: usize) -> Result<Field> {
    if depth > MAX_NESTED {
        return Err(broken("its types are nested without end"));
    }
    let children = (0..count(raw.n_children)?).map(|at| {
        // SAFETY: the interface promises so many pointers.
        field(unsafe { child(raw.children, at) }?, depth + 1)
    });
    // SAFETY: null, or a schema that lives as long as this one.
    let dictionary = unsafe { raw.dictionary.as_ref() };
    let dictionary = dictionary.map(|raw| field(raw, depth + 1)).transpose()?.map(Box::new);
    Ok(Field {
        format: text(raw.format)?.ok_or_else(|| broken("a type has no format"))?,
        name: text(raw.name)?.unwrap_or_default(),
        extension: extension(raw.metadata)?,
        children: children.collect::<Result<_>>()?,
        dictionary,
    })
}

fn text(pointer: *const c_char) -> Result<Option<String>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the interface promises a terminated text.
    let text = unsafe { CStr::from_ptr(pointer) }.to_str();
    text.map(|text| Some(text.to_owned())).map_err(|_| broken("a name is not UTF-8"))
}

/// Of the metadata (a count, then lengths and texts in turn) the two keys that name an extension.
fn extension(metadata: *const c_char) -> Result<Option<(String, String)>> {
    if metadata.is_null() {
        return Ok(None);
    }
    let (mut name, mut parameters) = (None, None);
    let mut walk = Walk(metadata.cast::<u8>());
    for _ in 0..walk.number()? {
        let (key, value) = (walk.text()?, walk.text()?);
        match key.as_str() {
            "ARROW:extension:name" => name = Some(value),
            "ARROW:extension:metadata" => parameters = Some(value),
            _ => {}
        }
    }
    Ok(name.map(|name| (name, parameters.unwrap_or_default())))
}

/// A walk through metadata.
struct Walk(*const u8);

impl Walk {
    fn number(&mut self) -> Result<usize> {
        // SAFETY: the interface promises a number here, aligned or not.
        let bytes = unsafe { self.0.cast::<[u8; 4]>().read_unaligned() };
        // SAFETY: at most the end of the metadata.
        self.0 = unsafe { self.0.add(4) };
        count(i32::from_ne_bytes(bytes).into())
    }

    fn text(&mut self) -> Result<String> {
        let length = self.number()?;
        // SAFETY: the interface promises so many bytes.
        let bytes = unsafe { std::slice::from_raw_parts(self.0, length) };
        // SAFETY: at most the end of the metadata.
        self.0 = unsafe { self.0.add(length) };
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// One array of a column, or of the columns inside it.
#[derive(Clone, Copy)]
pub struct Array<'a> {
    raw: &'a RawArray,
    life: PhantomData<&'a ()>,
}

impl<'a> Array<'a> {
    pub fn len(&self) -> Result<usize> {
        count(self.raw.length)
    }

    pub fn offset(&self) -> Result<usize> {
        count(self.raw.offset)
    }

    /// Whether it has nulls, or may have.
    pub fn may_have_nulls(&self) -> bool {
        self.raw.null_count != 0
    }

    pub fn children(&self) -> Result<usize> {
        count(self.raw.n_children)
    }

    pub fn child(&self, at: usize) -> Result<Array<'a>> {
        if at >= self.children()? {
            return Err(broken("an array has fewer children than its type"));
        }
        // SAFETY: the interface promises so many pointers, to arrays that live as long as this.
        let raw = unsafe { child(self.raw.children, at) }?;
        Ok(Array { raw, life: PhantomData })
    }

    pub fn dictionary(&self) -> Result<Array<'a>> {
        // SAFETY: null, or an array that lives as long as this one.
        let raw = unsafe { self.raw.dictionary.as_ref() };
        let raw = raw.ok_or_else(|| broken("a dictionary is missing"))?;
        Ok(Array { raw, life: PhantomData })
    }

    pub fn buffers(&self) -> Result<usize> {
        count(self.raw.n_buffers)
    }

    /// Buffer `at`, of `size` bytes by its type; none where the producer has none.
    pub fn buffer(&self, at: usize, size: Option<usize>) -> Result<Option<&'a [u8]>> {
        let size = size.filter(|&size| isize::try_from(size).is_ok());
        let size = size.ok_or_else(|| broken("an array is larger than memory"))?;
        if at >= self.buffers()? || self.raw.buffers.is_null() {
            return Err(broken("an array has fewer buffers than its type"));
        }
        // SAFETY: the interface promises so many pointers.
        let pointer = unsafe { self.raw.buffers.add(at).read() }.cast::<u8>();
        if pointer.is_null() {
            return Ok(None);
        }
        // SAFETY: the interface promises so many bytes, unchanged until the array is released.
        Ok(Some(unsafe { std::slice::from_raw_parts(pointer, size) }))
    }
}

/// Pointer `at` of `pointers`, followed.
///
/// # Safety
/// There are more than `at` pointers, or none at all, and what they point to lives for `'a`.
unsafe fn child<'a, T>(pointers: *mut *mut T, at: usize) -> Result<&'a T> {
    if pointers.is_null() {
        return Err(broken("its children are missing"));
    }
    // SAFETY: as the caller promises.
    unsafe { pointers.add(at).read().as_ref() }.ok_or_else(|| broken("a child is missing"))
}

fn count(number: i64) -> Result<usize> {
    usize::try_from(number).map_err(|_| broken(&format!("it counts {number} of something")))
}

/// The refusal of what breaks the interface's own rules.
#[cold]
pub fn broken(what: &str) -> Error {
    Error::new(Code::InvalidArgument, format!("the column breaks the Arrow C interface: {what}"))
        .remedy("Whoever made the column made it wrong; make it anew")
}
