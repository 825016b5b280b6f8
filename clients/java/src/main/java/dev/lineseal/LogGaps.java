package dev.lineseal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Numbers of a stream that will never be recorded, and the gap events that say so. */
final class LogGaps {
  private static final int AT_ONCE = 1_000;

  /** So many spans are kept in memory; beyond, the last grows over the rows in between. */
  private static final int MOST = 10_000;

  private final String stream;
  private final ArrayDeque<Span> spans = new ArrayDeque<>();

  /** Made once, so that sending one again records nothing new. */
  private List<Draft> due = List.of();

  private record Span(long first, long last, long count, String reason) {
    Span with(long seq, String other) {
      return new Span(
          Math.min(first, seq),
          Math.max(last, seq),
          count + 1,
          reason.equals(other) ? reason : "several reasons");
    }
  }

  LogGaps(String stream) {
    this.stream = stream;
  }

  synchronized void note(long seq, String reason) {
    Span before = spans.peekLast();
    boolean next = before != null && before.last + 1 == seq && before.reason.equals(reason);
    if (next || spans.size() == MOST) {
      spans.removeLast();
      spans.add(before.with(seq, reason));
    } else {
      spans.add(new Span(seq, seq, 1, reason));
    }
  }

  /** Records gaps, together; whether there are more. Those that cannot be now are kept. */
  boolean record(Client client, Duration within) {
    prepare();
    if (due.isEmpty()) {
      return false;
    }
    try {
      client.send(client.request(due), due.stream().map(Draft::hash).toList(), within);
      due = List.of();
      return true;
    } catch (LinesealException later) {
      System.getLogger(PredictionLogger.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "gap events are not recorded yet: {0}",
              later.getMessage());
      return false;
    }
  }

  private synchronized void prepare() {
    if (due.isEmpty()) {
      List<Draft> made = new ArrayList<>();
      while (!spans.isEmpty() && made.size() < AT_ONCE) {
        Span span = spans.remove();
        made.add(Draft.gap(stream, span.first, span.last, span.count, span.reason).build());
      }
      due = made;
    }
  }
}
