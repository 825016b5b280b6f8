package dev.lineseal;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Attempts at one call, within a deadline: pauses double, and are spread at random. */
final class Attempts {
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration LAST = Duration.ofSeconds(2);

  /** What no pause takes from the last attempt. */
  private static final Duration RESERVE = Duration.ofMillis(200);

  private final Connection connection;
  private final long end;
  private long pause = FIRST.toNanos();

  Attempts(Connection connection, Duration within) {
    this.connection = connection;
    end = System.nanoTime() + Times.nanos(within);
  }

  /** The time left. */
  Duration left() {
    return Duration.ofNanos(Math.max(end - System.nanoTime(), 1));
  }

  /** Waits before the next attempt; throws where none would help, or no time is left. */
  void failed(StatusRuntimeException error) {
    LinesealException refusal = Refusals.of(error, connection.address());
    long jittered = (long) (pause * ThreadLocalRandom.current().nextDouble(0.5, 1.5));
    long room = end - System.nanoTime() - RESERVE.toNanos();
    if (!refusal.isRetryable() || room <= 0) {
      throw refusal;
    }
    long wait = Math.min(Math.max(Refusals.pause(error).toNanos(), jittered), room);
    pause = Math.min(pause * 2, LAST.toNanos());
    try {
      Thread.sleep(Duration.ofNanos(wait).toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw LinesealException.of("CANCELLED", "interrupted while waiting to try again")
          .cause(refusal)
          .build();
    }
    connection.hurry();
  }
}
