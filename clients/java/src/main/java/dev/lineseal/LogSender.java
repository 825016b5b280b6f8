package dev.lineseal;

import dev.lineseal.v1.RecordRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The thread of a logger: sends batches in their order, the same bytes until they are acknowledged
 * or the deadline is over, and sorts out rows that are refused. It ends when the buffer is closed
 * and empty, and for nothing else.
 */
final class LogSender implements Runnable {
  private static final System.Logger LOG = System.getLogger(PredictionLogger.class.getName());

  /** What one attempt may take, so that a server that hangs does not use up the deadline. */
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(5);

  final AtomicLong recorded = new AtomicLong();
  final AtomicLong refused = new AtomicLong();
  final AtomicLong lost = new AtomicLong();
  final AtomicLong resent = new AtomicLong();

  private final Client client;
  private final LogBuffer buffer;
  private final LoggerSettings settings;
  private final LogGaps gaps;
  private volatile boolean stopped;

  LogSender(Client client, LogBuffer buffer, LoggerSettings settings, LogGaps gaps) {
    this.client = client;
    this.buffer = buffer;
    this.settings = settings;
    this.gaps = gaps;
  }

  @Override
  public void run() {
    for (List<LogRow> batch = next(); batch != null; batch = next()) {
      try {
        deliver(batch, System.nanoTime() + Times.nanos(settings.deadline()));
        recordGaps();
      } catch (RuntimeException | Error fault) {
        // Whatever it is: rows that come later must find this thread alive.
        fail(batch, fault);
      } finally {
        buffer.settle(batch);
      }
    }
    while (recordGaps()) {}
  }

  /** Gives up what has not been sent. */
  void stop() {
    stopped = true;
  }

  private List<LogRow> next() {
    while (true) {
      try {
        return buffer.take();
      } catch (InterruptedException stray) {
        // A callback's: whoever means this thread closes the buffer first.
        LOG.log(System.Logger.Level.DEBUG, "interrupted while nothing was due");
      }
    }
  }

  private boolean recordGaps() {
    if (stopped) {
      return false;
    }
    // By a callback, and not meant for this call.
    Thread.interrupted();
    return gaps.record(client, ATTEMPT);
  }

  private void fail(List<LogRow> batch, Throwable fault) {
    LOG.log(System.Logger.Level.ERROR, "a batch failed", fault);
    LinesealException why =
        LinesealException.of("INTERNAL", "the logger failed: " + fault).cause(fault).build();
    batch.stream()
        .filter(row -> !row.receipt().isDone())
        .forEach(row -> lose(row, why, lost, "failed"));
  }

  /** By halves: where many rows are refused, each costs what is behind it a few times more. */
  private void deliver(List<LogRow> batch, long end) {
    Deque<List<LogRow>> parts = new ArrayDeque<>(List.of(batch));
    while (!parts.isEmpty()) {
      List<LogRow> rows = parts.pop();
      LinesealException refusal = rows.isEmpty() ? null : sent(rows, end);
      if (refusal == null) {
        continue;
      }
      if (!refusal.isOfARow()) {
        rows.forEach(row -> lose(row, refusal, lost, "not delivered"));
      } else if (rows.size() == 1) {
        lose(rows.get(0), refusal, refused, "refused");
      } else {
        split(rows, refusal).forEach(parts::push);
      }
    }
  }

  /** The parts of rows of which one is refused, the last first. */
  private static List<List<LogRow>> split(List<LogRow> rows, LinesealException refusal) {
    int size = rows.size();
    int at = (int) Math.min(refusal.position().orElse(size), size);
    if (at == size || refusal.code().equals("INVALID_ARGUMENT")) {
      // Nothing says which: it may be all of them together.
      return List.of(rows.subList(size / 2, size), rows.subList(0, size / 2));
    }
    int half = (at + 1 + size) / 2;
    return List.of(
        rows.subList(half, size),
        rows.subList(at + 1, half),
        rows.subList(at, at + 1),
        rows.subList(0, at));
  }

  /** Sends the same bytes until they are acknowledged; else says why they never will be. */
  private LinesealException sent(List<LogRow> rows, long end) {
    RecordRequest request = client.request(rows.stream().map(LogRow::draft).toList());
    List<String> hashes = rows.stream().map(LogRow::hash).toList();
    for (long pause = FIRST_PAUSE.toNanos(); ; pause = Math.min(pause * 2, LAST_PAUSE.toNanos())) {
      if (stopped) {
        return LinesealException.of("CLOSED", "the logger was closed before the row was sent")
            .build();
      }
      try {
        long within = Math.max(1, Math.min(end - System.nanoTime(), ATTEMPT.toNanos()));
        List<Receipt> receipts = client.send(request, hashes, Duration.ofNanos(within));
        recorded.addAndGet(rows.size());
        for (int i = 0; i < rows.size(); i++) {
          rows.get(i).receipt().complete(receipts.get(i));
        }
        return null;
      } catch (LinesealException refusal) {
        long wait = (long) (pause * ThreadLocalRandom.current().nextDouble(0.5, 1.5));
        if (refusal.isOfARow() || end - System.nanoTime() < wait) {
          return refusal;
        }
        resent.incrementAndGet();
        sleep(wait);
      }
    }
  }

  /** The row will not be recorded: its caller, the callback and a gap event say so. */
  void lose(LogRow row, LinesealException why, AtomicLong counter, String how) {
    counter.incrementAndGet();
    gaps.note(row.seq(), how + ": " + why.code());
    row.receipt().completeExceptionally(why);
    try {
      settings.onLost().accept(new PredictionLogger.Lost(row.predictionId(), row.seq(), why));
    } catch (RuntimeException | Error fault) {
      LOG.log(System.Logger.Level.ERROR, "onLost failed", fault);
    }
  }

  private static void sleep(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException hurried) {
      // By close, which has set `stopped`; or by a callback, and then it only waits less.
      LOG.log(System.Logger.Level.DEBUG, "interrupted while waiting to send again");
    }
  }
}
