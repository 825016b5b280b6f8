package dev.lineseal;

import dev.lineseal.v1.RecordRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The thread of a logger: sends batches in their order, the same bytes until they are acknowledged
 * or the deadline is over, and sorts out rows that are refused.
 */
final class LogSender implements Runnable {
  private static final System.Logger LOG = System.getLogger(PredictionLogger.class.getName());

  /** Refusals of a row, which sending again does not help. */
  private static final Set<String> OF_A_ROW =
      Set.of("INVALID_RECORD", "ENCODING", "INVALID_ARGUMENT", "PARENT_NOT_FOUND");

  /** What one attempt may take, so that a server that hangs does not use up the deadline. */
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  private static final long FIRST_PAUSE = 50;
  private static final long LAST_PAUSE = 5_000;

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
    try {
      for (List<LogRow> batch = buffer.take(); batch != null; batch = buffer.take()) {
        try {
          deliver(new ArrayList<>(batch), System.nanoTime() + settings.deadline().toNanos());
          recordGaps();
        } finally {
          buffer.settle(batch);
        }
      }
      recordGaps();
    } catch (InterruptedException interrupted) {
      LOG.log(System.Logger.Level.WARNING, "the logger was stopped");
    }
  }

  /** Gives up what has not been sent. */
  void stop() {
    stopped = true;
  }

  private void recordGaps() {
    if (!stopped) {
      gaps.record(client, ATTEMPT);
    }
  }

  private void deliver(List<LogRow> rows, long end) {
    while (!rows.isEmpty()) {
      LinesealException refusal = sent(rows, end);
      if (refusal == null) {
        return;
      }
      if (!OF_A_ROW.contains(refusal.code())) {
        rows.forEach(row -> lose(row, refusal, lost));
        return;
      }
      long at = rows.size() == 1 ? 0 : refusal.position().orElse(-1);
      if (at < 0 || at >= rows.size()) {
        deliver(new ArrayList<>(rows.subList(0, rows.size() / 2)), end);
        rows = new ArrayList<>(rows.subList(rows.size() / 2, rows.size()));
      } else {
        lose(rows.remove((int) at), refusal, refused);
      }
    }
  }

  /** Sends the same bytes until they are acknowledged; else says why they never will be. */
  private LinesealException sent(List<LogRow> rows, long end) {
    RecordRequest request = client.request(rows.stream().map(LogRow::draft).toList());
    List<String> hashes = rows.stream().map(LogRow::hash).toList();
    for (long pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LAST_PAUSE)) {
      long left = end - System.nanoTime();
      if (stopped) {
        return LinesealException.of("CLOSED", "the logger was closed before the row was sent")
            .build();
      }
      try {
        List<Receipt> receipts =
            client.send(
                request, hashes, Duration.ofNanos(Math.max(1, Math.min(left, ATTEMPT.toNanos()))));
        recorded.addAndGet(rows.size());
        for (int i = 0; i < rows.size(); i++) {
          rows.get(i).receipt().complete(receipts.get(i));
        }
        return null;
      } catch (LinesealException refusal) {
        long wait = (long) (pause * ThreadLocalRandom.current().nextDouble(0.5, 1.5));
        if (OF_A_ROW.contains(refusal.code()) || end - System.nanoTime() < wait * 1_000_000) {
          return refusal;
        }
        resent.incrementAndGet();
        sleep(wait);
      }
    }
  }

  /** The row will not be recorded: its caller, the callback and a gap event say so. */
  void lose(LogRow row, LinesealException why, AtomicLong counter) {
    counter.incrementAndGet();
    gaps.note(row.seq(), why.code() + ": " + why.getMessage());
    row.receipt().completeExceptionally(why);
    try {
      settings
          .onLost()
          .accept(
              new PredictionLogger.Lost(
                  row.draft().message().getPrediction().getPredictionId(), row.seq(), why));
    } catch (RuntimeException fault) {
      LOG.log(System.Logger.Level.ERROR, "onLost failed", fault);
    }
  }

  private void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      stopped = true;
    }
  }
}
