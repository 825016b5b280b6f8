package dev.lineseal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Numbers of a stream that will never be recorded, and the gap events that say so. */
final class LogGaps {
  private static final int MAX_REASON = 500;
  private static final int AT_ONCE = 1_000;

  private final String stream;
  private final List<Span> spans = new ArrayList<>();

  /** Made once, so that sending one again records nothing new. */
  private final List<Draft> drafts = new ArrayList<>();

  private record Span(long first, long last, String reason) {}

  LogGaps(String stream) {
    this.stream = stream;
  }

  synchronized void note(long seq, String why) {
    String reason = why.length() > MAX_REASON ? why.substring(0, MAX_REASON) + "…" : why;
    Span before = spans.isEmpty() ? null : spans.get(spans.size() - 1);
    if (before != null && before.last + 1 == seq && before.reason.equals(reason)) {
      spans.set(spans.size() - 1, new Span(before.first, seq, reason));
    } else {
      spans.add(new Span(seq, seq, reason));
    }
  }

  /** Records the gaps; those that cannot be recorded now are kept. */
  void record(Client client, Duration within) {
    List<Draft> due = due();
    if (due.isEmpty()) {
      return;
    }
    try {
      client.send(client.request(due), due.stream().map(Draft::hash).toList(), within);
      done(due);
    } catch (LinesealException later) {
      System.getLogger(PredictionLogger.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "gap events are not recorded yet: {0}",
              later.getMessage());
    }
  }

  private synchronized List<Draft> due() {
    for (Span span : spans) {
      long count = span.last - span.first + 1;
      drafts.add(Draft.gap(stream, span.first, span.last, count, span.reason).build());
    }
    spans.clear();
    return List.copyOf(drafts.subList(0, Math.min(drafts.size(), AT_ONCE)));
  }

  private synchronized void done(List<Draft> due) {
    drafts.removeAll(due);
  }
}
