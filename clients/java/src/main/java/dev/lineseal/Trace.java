package dev.lineseal;

import dev.lineseal.v1.TraceRequest;
import dev.lineseal.v1.TraceResponse;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Fetches events and all their ancestors, and holds what comes against what was asked. */
final class Trace {
  /** Events that do not belong to a trace, after which no more is taken. */
  private static final int STRAYS = 1_000;

  private final Connection connection;
  private final Answers answers;
  private final String ledger;

  Trace(Connection connection, Answers answers, String ledger) {
    this.connection = connection;
    this.answers = answers;
    this.ledger = ledger;
  }

  /** The whole trace, or an exception that says what is wrong with it. */
  List<Event> events(List<String> names) {
    Set<String> awaited = new HashSet<>();
    Set<String> shortened = new HashSet<>();
    names.forEach(name -> (Names.full(name) == null ? shortened : awaited).add(name));
    Set<String> whole = new HashSet<>();
    awaited.forEach(name -> whole.add(Names.full(name)));
    List<Event> events = new ArrayList<>();
    rows(
        names,
        row -> {
          Event event = answers.event(row);
          boolean asked = shortened.removeIf(name -> Names.isNamed(event.hash(), name));
          if (!whole.remove(event.hash()) && !asked) {
            throw answers.lie(
                "sent event " + event.hash() + ", which does not belong to the trace",
                event.hash());
          }
          whole.addAll(event.parents());
          events.add(event);
        });
    whole.addAll(shortened);
    whole.stream()
        .sorted()
        .findFirst()
        .ifPresent(
            missing -> {
              throw answers.lie("left " + missing + " out of the trace", missing);
            });
    return events;
  }

  /** What checking the whole trace of these hashes finds; a lie is a finding, too. */
  Report verified(List<String> names, boolean anchored) {
    try {
      return checked(names, anchored);
    } catch (LinesealException lie) {
      if (!lie.code().equals("CORRUPT_LEDGER")) {
        throw lie;
      }
      String hash = lie.hash() == null ? names.get(0) : lie.hash();
      Report.Finding finding = new Report.Finding(hash, "hash", lie.getMessage());
      return new Report(Report.Verdict.FAILED, anchored, 0, List.of(finding));
    }
  }

  private Report checked(List<String> names, boolean anchored) {
    Map<String, Verified> seen = new LinkedHashMap<>();
    Set<String> wanted = new HashSet<>(names);
    int[] strays = {0};
    rows(
        names,
        row -> {
          Verified one = Verified.of(answers.hash(row.getHash()), row);
          if (wanted.contains(one.hash())) {
            wanted.addAll(one.parents());
            seen.putIfAbsent(one.hash(), one);
          } else if (strays[0]++ == STRAYS) {
            throw answers.lie(
                "goes on sending events like " + one.hash() + ", no part of the trace", one.hash());
          }
        });
    if (strays[0] > 0) {
      throw answers.lie("sent " + strays[0] + " events that do not belong to the trace", null);
    }
    return Verified.report(names, seen, anchored);
  }

  /** The events as they come, by descending index; goes on where a stream breaks. */
  private void rows(List<String> names, Consumer<dev.lineseal.v1.Event> take) {
    TraceRequest.Builder request = TraceRequest.newBuilder().setLedger(ledger);
    names.forEach(name -> request.addNames(Names.of(name)));
    Attempts attempts = new Attempts(connection, connection.timeout());
    while (true) {
      Context.CancellableContext call = Context.current().withCancellation();
      Context before = call.attach();
      try {
        Iterator<TraceResponse> stream = connection.streams().trace(request.build());
        while (stream.hasNext()) {
          for (dev.lineseal.v1.Event row : stream.next().getEventsList()) {
            descend(request, row);
            take.accept(row);
          }
          // As long as it goes on, it is not late.
          attempts = new Attempts(connection, connection.timeout());
        }
        return;
      } catch (StatusRuntimeException error) {
        attempts.failed(error);
      } finally {
        call.detach(before);
        call.cancel(null);
      }
    }
  }

  private void descend(TraceRequest.Builder request, dev.lineseal.v1.Event row) {
    if (request.hasAfterIndex()
        && Long.compareUnsigned(row.getIndex(), request.getAfterIndex()) >= 0) {
      String hash = answers.hash(row.getHash());
      throw answers.lie(
          "sent event "
              + hash
              + " with index "
              + row.getIndex()
              + " behind index "
              + request.getAfterIndex()
              + ": out of order",
          hash);
    }
    request.setAfterIndex(row.getIndex());
  }
}
