//! Points in time and days as texts, as the conversions of records make them. May use nothing.

use std::fmt::Write;

/// What a count of time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Second,
    /// Thousandths.
    Milli,
    /// Millionths.
    Micro,
    /// Thousand-millionths.
    Nano,
}

const DAY: i64 = 86_400_000_000;
/// Days from 1970-01-01 to 0001-01-01, and to 9999-12-31.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;

/// Why a point in time is not taken: what is wrong, and what to do.
pub(crate) type Refused = (String, &'static str);

impl Unit {
    /// In microseconds, exactly.
    pub(crate) fn micros(self, count: i64) -> Result<i64, Refused> {
        let scaled = match self {
            Unit::Second => count.checked_mul(1_000_000),
            Unit::Milli => count.checked_mul(1_000),
            Unit::Micro => Some(count),
            Unit::Nano if count % 1_000 == 0 => Some(count / 1_000),
            Unit::Nano => {
                let text = format!("{count} ns since 1970 is finer than a microsecond");
                return Err((text, "Round it to microseconds"));
            }
        };
        scaled.ok_or_else(|| {
            (
                format!("{count} lies outside -2^63 … 2^63-1 microseconds"),
                "Give microseconds since 1970-01-01 UTC",
            )
        })
    }
}

/// `YYYY-MM-DDThh:mm:ss.ffffffZ`
pub(crate) fn moment(micros: i64) -> Result<String, Refused> {
    let mut text = day(micros.div_euclid(DAY)).map_err(|(_, remedy)| {
        (format!("{micros} µs since 1970 lies outside the years 1 … 9999 in UTC"), remedy)
    })?;
    let rest = micros.rem_euclid(DAY);
    let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    let _ = write!(text, "T{hours:02}:{minutes:02}:{:02}.{micros:06}Z", seconds % 60);
    Ok(text)
}

/// `YYYY-MM-DD` of a day counted from 1970-01-01.
pub(crate) fn day(days: i64) -> Result<String, Refused> {
    if !(FIRST_DAY..=LAST_DAY).contains(&days) {
        let text = format!("the day {days} days from 1970 lies outside the years 1 … 9999");
        return Err((text, "Give it as text"));
    }
    let (year, month, day) = civil(days);
    Ok(format!("{year:04}-{month:02}-{day:02}"))
}

/// Year, month and day of the proleptic Gregorian calendar, from year 1 on.
fn civil(days: i64) -> (i64, i64, i64) {
    const YEARS_400: i64 = 146_097;
    // Counted from a first of March, so that the day that may be missing stands last.
    let days = days + 719_468;
    let (era, in_era) = (days.div_euclid(YEARS_400), days.rem_euclid(YEARS_400));
    let year = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / (YEARS_400 - 1)) / 365;
    let in_year = in_era - (365 * year + year / 4 - year / 100);
    // Months of 31, 30, 31, 30, 31 days, over and over: 153 days in five.
    let month = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (400 * era + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        let known = [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (-25_508, "1900-03-01"),
            (20_513, "2026-03-01"),
            (FIRST_DAY, "0001-01-01"),
            (LAST_DAY, "9999-12-31"),
        ];
        for (days, text) in known {
            assert_eq!(day(days).as_deref(), Ok(text));
        }
        assert!(day(FIRST_DAY - 1).is_err() && day(LAST_DAY + 1).is_err());
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut last = civil(FIRST_DAY);
        assert_eq!(last, (1, 1, 1));
        for days in FIRST_DAY + 1..=LAST_DAY {
            let next = civil(days);
            let (year, month, day) = last;
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                4 | 6 | 9 | 11 => 30,
                2 => 28 + i64::from(leap),
                _ => 31,
            };
            let expected = match (day == length, month) {
                (false, _) => (year, month, day + 1),
                (true, 12) => (year + 1, 1, 1),
                (true, _) => (year, month + 1, 1),
            };
            assert_eq!(next, expected);
            last = next;
        }
        assert_eq!(last, (9999, 12, 31));
    }

    #[test]
    fn moments_are_texts_to_the_microsecond() {
        assert_eq!(moment(0).as_deref(), Ok("1970-01-01T00:00:00.000000Z"));
        assert_eq!(moment(-1).as_deref(), Ok("1969-12-31T23:59:59.999999Z"));
        assert!(moment(i64::MAX).is_err() && moment(i64::MIN).is_err());
        assert_eq!(Unit::Nano.micros(-1_000), Ok(-1));
        assert!(Unit::Nano.micros(1).is_err() && Unit::Second.micros(i64::MAX).is_err());
    }
}
