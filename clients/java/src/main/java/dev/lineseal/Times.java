package dev.lineseal;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** Points in time: microseconds in fields, text in values. */
final class Times {
  private static final DateTimeFormatter TEXT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

  private Times() {}

  /** A duration that is too long to be counted, such as FOREVER, is 146 years. */
  static long nanos(Duration time) {
    try {
      return Math.min(time.toNanos(), Long.MAX_VALUE / 2);
    } catch (ArithmeticException endless) {
      return time.isNegative() ? 0 : Long.MAX_VALUE / 2;
    }
  }

  static long now() {
    Instant now = Instant.now();
    return Math.addExact(
        Math.multiplyExact(now.getEpochSecond(), 1_000_000), now.getNano() / 1_000);
  }

  /** Microseconds since 1970, rounded to nothing. */
  static long micros(Instant time, String path) {
    if (time.getNano() % 1_000 != 0) {
      throw Values.refused(
          path,
          "a time is finer than a microsecond",
          "Truncate it: time.truncatedTo(ChronoUnit.MICROS)");
    }
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
    } catch (ArithmeticException far) {
      throw Values.refused(path, "a time is beyond 64 bits of microseconds", "Give a nearer one");
    }
  }

  /** The text of an Instant, OffsetDateTime or ZonedDateTime in UTC. */
  static String text(Object time, String path) {
    try {
      Instant instant =
          time instanceof OffsetDateTime offset
              ? offset.toInstant()
              : time instanceof ZonedDateTime zoned ? zoned.toInstant() : (Instant) time;
      OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
      if (utc.getYear() < 1 || utc.getYear() > 9999) {
        throw Values.refused(path, "a time has a year outside 1 … 9999", "Give it as text");
      }
      micros(instant, path);
      return TEXT.format(utc);
    } catch (DateTimeException far) {
      throw Values.refused(path, "a time has no year", "Give it as text");
    }
  }
}
