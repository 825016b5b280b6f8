//! Arrow's bitmaps. May use nothing.

/// Bit `at`; beyond the end there are none.
pub(crate) fn bit(bits: &[u8], at: usize) -> bool {
    bits.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
}

/// Whether all bits of the stretch are set.
pub(crate) fn all(bits: &[u8], from: usize, count: usize) -> bool {
    (from..from + count).all(|at| bit(bits, at))
}
