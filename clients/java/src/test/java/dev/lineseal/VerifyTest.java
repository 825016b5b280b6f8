package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.lineseal.v1.Event;
import dev.lineseal.v1.TraceRequest;
import dev.lineseal.v1.TraceResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A dataset, a training on it, a model of that; and what a server may say instead. */
class VerifyTest {
  private FakeServer server;
  private Client client;
  private final Draft data = Draft.dataset("digits").build();
  private final Draft run =
      Draft.training("r1", "lr").timeMicros(1).parent(data.hash(), "train").build();
  private final Draft model = Draft.model("lr").parent(run.hash()).build();

  @BeforeEach
  void connect() throws IOException {
    server = new FakeServer();
    client = server.client(Duration.ofSeconds(5));
    server.trace = List.of(event(2, model), event(1, run), event(0, data));
  }

  @AfterEach
  void disconnect() {
    client.close();
    server.close();
  }

  private static Event event(long index, Draft draft) {
    return event(index, draft.hash(), draft.block(List.of()));
  }

  private static Event event(long index, String hash, byte[] block) {
    return Event.newBuilder()
        .setIndex(index)
        .setHash(Names.bytes(hash))
        .setBlock(ByteString.copyFrom(block))
        .build();
  }

  private static byte[] changed(Draft draft, String key, Object value) {
    Map<String, Object> content = new HashMap<>(Expected.content(draft.message(), List.of()));
    content.put(key, value);
    return CborWriter.bytes(content);
  }

  /** The checks that fail, children first; reading the trace is refused as well. */
  private List<String> found(String name, Event... sent) {
    server.trace = List.of(sent);
    Report report = client.verify(name);
    assertEquals(Report.Verdict.FAILED, report.verdict());
    assertFalse(report.ok());
    return report.findings().stream().map(Report.Finding::check).toList();
  }

  private void refused(String name) {
    assertEquals(
        "CORRUPT_LEDGER", assertThrows(LinesealException.class, () -> client.trace(name)).code());
  }

  @Test
  void whatHoldsIsOk() {
    assertEquals(new Report(Report.Verdict.OK, true, 3, List.of()), client.verify(model.hash()));
    assertEquals(3, client.trace(model.hash()).size());
  }

  @Test
  void aRewrittenAncestorIsFoundAndAllThatRestsOnIt() {
    byte[] block = Draft.dataset("dogits").build().block(List.of());
    List<String> checks =
        found(model.hash(), event(2, model), event(1, run), event(0, data.hash(), block));
    assertEquals(List.of("rests_on", "rests_on", "hash"), checks);
    refused(model.hash());
  }

  @Test
  void anAncestorThatIsLeftOutIsFound() {
    assertEquals(
        List.of("rests_on", "parent_missing"), found(model.hash(), event(2, model), event(1, run)));
    refused(model.hash());
  }

  @Test
  void theEventItselfMustBeThere() {
    assertEquals(List.of("expected_missing"), found(model.hash()));
    refused(model.hash());
  }

  @Test
  void aParentBehindItsChildIsFound() {
    assertEquals(1, found(model.hash(), event(2, model), event(1, run), event(1, data)).size());
    refused(model.hash());
  }

  @Test
  void aStrangerIsALie() {
    Draft other = Draft.dataset("other").build();
    assertEquals(1, found(data.hash(), event(1, data), event(0, other)).size());
    refused(data.hash());
  }

  @Test
  void bytesThatAreNotCanonicalAreFound() {
    byte[] longer = data.block(List.of());
    byte[] block = new byte[longer.length + 1];
    System.arraycopy(longer, 0, block, 0, longer.length);
    String name = Names.hash(block);
    assertEquals(List.of("canonical"), found(name, event(0, name, block)));
    refused(name);
  }

  @Test
  void anEnvelopeThatBreaksARuleIsFound() {
    byte[] block = changed(data, "actor", "");
    String name = Names.hash(block);
    assertEquals(List.of("schema"), found(name, event(0, name, block)));
    refused(name);
  }

  @Test
  void aNewerVersionIsNeitherSoundNorTampered() {
    Map<String, Object> content = new HashMap<>(Expected.content(run.message(), List.of()));
    content.putAll(Map.of("v", 2L, "roles", List.of(7L)));
    byte[] block = CborWriter.bytes(content);
    String name = Names.hash(block);
    server.trace = List.of(event(1, name, block), event(0, data));
    Report report = client.verify(name);
    assertEquals(Report.Verdict.UNDETERMINED, report.verdict());
    assertEquals("unsupported_version", report.findings().get(0).check());
    assertEquals(2, report.checked());
    List<dev.lineseal.Event> events = client.trace(name);
    assertEquals(2, events.size());
    assertEquals(List.of(""), events.get(0).roles());
  }

  @Test
  void aServerThatGoesOnAndOnIsStopped() {
    List<Event> events = new ArrayList<>(List.of(event(5_000, data)));
    for (int i = 0; i < 3_000; i++) {
      events.add(event(4_000 - i, Draft.dataset("d" + i).build()));
    }
    server.trace = events;
    Report report = client.verify(data.hash());
    assertTrue(report.findings().get(0).message().contains("goes on sending"));
  }

  @Test
  void aServerThatSendsTheSameOnAndOnIsStopped() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      events.add(event(4_000 - i, data));
    }
    server.trace = events;
    Report report = client.verify(data.hash());
    assertEquals(Report.Verdict.FAILED, report.verdict());
    assertTrue(report.findings().get(0).message().contains("goes on sending"));
    refused(data.hash());
  }

  @Test
  void whoeverNamesNothingIsToldSo() {
    assertEquals(
        "INVALID_ARGUMENT", assertThrows(LinesealException.class, () -> client.verify()).code());
    assertEquals(
        "INVALID_ARGUMENT", assertThrows(LinesealException.class, () -> client.trace()).code());
  }

  @Test
  void aStreamThatBringsNoEventEndsInTime() {
    List<BiConsumer<TraceRequest, ServerCallStreamObserver<TraceResponse>>> servers =
        List.of(
            (request, silent) -> {},
            (request, empty) -> {
              while (!empty.isCancelled()) {
                if (empty.isReady()) {
                  empty.onNext(TraceResponse.getDefaultInstance());
                }
              }
            });
    for (BiConsumer<TraceRequest, ServerCallStreamObserver<TraceResponse>> one : servers) {
      server.tracing = one;
      try (Client hasty = server.client(Duration.ofMillis(300))) {
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () ->
                assertEquals(
                    "TIMEOUT",
                    assertThrows(LinesealException.class, () -> hasty.verify(data.hash())).code()));
      }
    }
  }

  @Test
  void aStreamThatBreaksIsGoneOnWithBehindItsLastEvent() {
    List<TraceRequest> asked = new ArrayList<>();
    List<Event> all = List.of(event(2, model), event(1, run), event(0, data));
    server.tracing =
        (request, observer) -> {
          asked.add(request);
          int from = request.hasAfterIndex() ? 3 - (int) request.getAfterIndex() : 0;
          if (from == 3) {
            observer.onCompleted();
          } else {
            observer.onNext(TraceResponse.newBuilder().addEvents(all.get(from)).build());
            observer.onError(Status.UNAVAILABLE.asRuntimeException());
          }
        };
    assertEquals(3, client.trace(model.hash()).size());
    assertEquals(List.of(2L, 1L, 0L), afterIndices(asked));
    assertEquals(new Report(Report.Verdict.OK, true, 3, List.of()), client.verify(model.hash()));
  }

  private static List<Long> afterIndices(List<TraceRequest> asked) {
    return asked.stream()
        .filter(TraceRequest::hasAfterIndex)
        .map(TraceRequest::getAfterIndex)
        .toList();
  }

  @Test
  void aTraceThatIsRefusedSaysWhy() {
    server.tracing =
        (request, observer) ->
            observer.onError(FakeServer.refused(Code.NOT_FOUND, "EVENT_NOT_FOUND", Map.of()));
    assertEquals(
        "EVENT_NOT_FOUND",
        assertThrows(LinesealException.class, () -> client.trace(data.hash())).code());
    assertEquals(
        "EVENT_NOT_FOUND",
        assertThrows(LinesealException.class, () -> client.verify(data.hash())).code());
  }

  @Test
  void aWaitForEventsCanBeInterrupted() {
    server.tracing = (request, silent) -> {};
    Thread.currentThread().interrupt();
    LinesealException refusal =
        assertThrows(LinesealException.class, () -> client.trace(data.hash()));
    assertEquals("CANCELLED", refusal.code());
    assertTrue(Thread.interrupted());
  }
}
