//! The parents of rows: those of all, as records have them, and columns that name one a row. May
//! use held, convert.

use super::held::Held;
use crate::convert::batch::Context;
use crate::convert::known;
use crate::convert::parents::{Child, write};
use crate::convert::refusal::Convert;
use crate::convert::value::{pairs, text_key, utf8};
use lineseal_core::error::Result;
use lineseal_core::event::Rows;
use lineseal_core::hash::Hash;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

/// Parents with their roles.
#[derive(Default)]
pub struct Parents {
    same: Vec<(Hash, String)>,
    orphan: bool,
    /// One a row.
    pub each: Vec<(Held, String)>,
}

impl Child for Parents {
    fn parent(&mut self, hash: Hash, role: &str) -> Result<()> {
        self.same.push((hash, role.to_owned()));
        Ok(())
    }

    fn no_parents(&mut self) {
        self.orphan = true;
    }
}

impl Parents {
    /// Takes the columns out of what was given; the rest is as in every record.
    pub fn take(&mut self, given: &Bound<'_, PyAny>, context: &Context<'_>) -> Convert<()> {
        let rest = match given.cast::<PyDict>() {
            Err(_) => self.pull(given, "")?,
            Ok(roles) => {
                let rest = PyDict::new(given.py());
                for (role, parents) in pairs(roles) {
                    if let Some(parents) = self.pull(&parents, utf8(text_key(&role)?)?)? {
                        rest.set_item(role, parents)?;
                    }
                }
                Some(rest.into_any()).filter(|rest| rest.len().is_ok_and(|len| len > 0))
            }
        };
        match rest {
            Some(rest) => write(&rest, context, self),
            // Nothing given at all says that there are none.
            None if self.each.is_empty() => write(given, context, self),
            None => Ok(()),
        }
    }

    /// Keeps the columns among some parents; gives back what else there is.
    fn pull<'py>(
        &mut self,
        given: &Bound<'py, PyAny>,
        role: &str,
    ) -> Convert<Option<Bound<'py, PyAny>>> {
        if is_column(given)? {
            self.each.push((Held::of(given, &["parents"])?, role.to_owned()));
            return Ok(None);
        }
        if !given.is_instance_of::<PyList>() && !given.is_instance_of::<PyTuple>() {
            return Ok(Some(given.clone()));
        }
        let (rest, before) = (PyList::empty(given.py()), self.each.len());
        for parent in given.try_iter()? {
            if let Some(parent) = self.pull(&parent?, role)? {
                rest.append(parent)?;
            }
        }
        let emptied = rest.is_empty() && self.each.len() > before;
        Ok((!emptied).then(|| rest.into_any()))
    }

    /// Names them to the rows.
    pub fn lay_out<'a>(&'a self, rows: &mut Rows<'a>) -> Result<()> {
        for (hash, role) in &self.same {
            rows.parent(*hash, role);
        }
        for (column, role) in &self.each {
            rows.parent_each(column.hashes()?, role);
        }
        if self.orphan {
            rows.no_parents();
        }
        Ok(())
    }
}

fn is_column(given: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(given.getattr_opt("__arrow_c_stream__")?.is_some()
        || given.getattr_opt("__arrow_c_array__")?.is_some()
        || known::NP_ARRAY.has(given)?)
}
