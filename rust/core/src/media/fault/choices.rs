//! Who decides what a power cut leaves: chance, or a counter that goes through every case. May use
//! rng.

use super::rng::Rng;

/// Decides, one question after the other.
pub(super) trait Choices {
    /// Whether the disk tears even pages this time.
    fn tears(&mut self) -> bool;

    /// How readily things are kept, in percent, for the questions that follow.
    fn bias(&mut self) -> u64;

    /// Whether something reached the disk.
    fn keeps(&mut self, bias: u64) -> bool;

    /// A page was written by the effects of these numbers, among `effects` in all: the number of
    /// the first one that did not reach the disk.
    fn horizon(&mut self, bias: u64, writes: &[usize], effects: usize) -> usize;
}

impl Choices for Rng {
    fn tears(&mut self) -> bool {
        self.percent(25)
    }

    fn bias(&mut self) -> u64 {
        self.chance()
    }

    fn keeps(&mut self, bias: u64) -> bool {
        self.percent(bias)
    }

    fn horizon(&mut self, bias: u64, _writes: &[usize], effects: usize) -> usize {
        if self.percent(bias) { usize::MAX } else { self.below(effects as u64) as usize }
    }
}

/// Answers the questions differently each time, until every combination was given. Whole pages:
/// torn ones are left to chance.
#[derive(Debug, Default)]
pub(super) struct Odometer {
    /// The answer to each question, and how many answers it has.
    digits: Vec<(usize, usize)>,
    asked: usize,
}

impl Odometer {
    fn choose(&mut self, answers: usize) -> usize {
        if self.asked == self.digits.len() {
            self.digits.push((0, answers));
        }
        let answer = self.digits.get(self.asked).map_or(0, |(answer, _)| *answer);
        self.asked += 1;
        answer
    }

    /// Goes on to the next combination; `false` when there is none.
    pub(super) fn advance(&mut self) -> bool {
        self.asked = 0;
        while let Some((answer, answers)) = self.digits.pop() {
            if answer + 1 < answers {
                self.digits.push((answer + 1, answers));
                return true;
            }
        }
        false
    }
}

impl Choices for Odometer {
    fn tears(&mut self) -> bool {
        false
    }

    fn bias(&mut self) -> u64 {
        0
    }

    fn keeps(&mut self, _bias: u64) -> bool {
        self.choose(2) == 0
    }

    fn horizon(&mut self, _bias: u64, writes: &[usize], _effects: usize) -> usize {
        let kept = self.choose(writes.len() + 1);
        writes.get(kept).copied().unwrap_or(usize::MAX)
    }
}
