package dev.lineseal;

import dev.lineseal.v1.TraceRequest;
import dev.lineseal.v1.TraceResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
          // What comes twice is a stray, too.
          if (wanted.contains(one.hash()) && seen.putIfAbsent(one.hash(), one) == null) {
            wanted.addAll(one.parents());
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
    if (names.isEmpty()) {
      throw LinesealException.of("INVALID_ARGUMENT", "no event is named")
          .remedy("Give at least one hash")
          .build();
    }
    TraceRequest.Builder request = TraceRequest.newBuilder().setLedger(ledger);
    names.forEach(name -> request.addNames(Names.of(name)));
    Attempts attempts = new Attempts(connection, connection.timeout());
    while (true) {
      BlockingClientCall<?, TraceResponse> call = connection.streams().trace(request.build());
      try {
        TraceResponse answer = next(call, attempts);
        while (answer != null) {
          for (dev.lineseal.v1.Event row : answer.getEventsList()) {
            descend(request, row);
            take.accept(row);
          }
          if (answer.getEventsCount() > 0) {
            // As long as events come, it is not late.
            attempts = new Attempts(connection, connection.timeout());
          }
          answer = next(call, attempts);
        }
        return;
      } catch (StatusException error) {
        attempts.failed(error.getStatus().asRuntimeException(error.getTrailers()));
      } finally {
        call.cancel("nothing more is read", null);
      }
    }
  }

  /** The next message, within the time left; null at the end. */
  private TraceResponse next(BlockingClientCall<?, TraceResponse> call, Attempts attempts)
      throws StatusException {
    try {
      return call.read(attempts.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException silent) {
      throw LinesealException.of("TIMEOUT", connection.address() + " sent nothing in time")
          .remedy("Give a longer timeout")
          .build();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw LinesealException.of("CANCELLED", "interrupted while waiting for events")
          .cause(interrupted)
          .build();
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
