package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.Code;
import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.RecordRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PredictionLoggerTest {
  private static final RuntimeException AWAY =
      FakeServer.refused(Code.UNAVAILABLE, "STORAGE", Map.of());

  private FakeServer server;
  private Client client;
  private final List<PredictionLogger.Lost> lost = new CopyOnWriteArrayList<>();

  @BeforeEach
  void connect() throws IOException {
    server = new FakeServer();
    client = server.client(Duration.ofSeconds(5));
  }

  @AfterEach
  void disconnect() {
    client.close();
    server.close();
  }

  private PredictionLogger.Builder builder() {
    return PredictionLogger.builder(client).noParents().stream("s").onLost(lost::add);
  }

  /** The numbers that are recorded, in the ledger's order. */
  private List<Object> recorded() {
    List<Object> numbers = new ArrayList<>();
    for (byte[] block : server.blocks) {
      Envelope envelope = Envelope.read(block).check();
      if (envelope.content().get("type").equals("prediction")) {
        numbers.add(((Map<?, ?>) envelope.content().get("payload")).get("seq"));
      }
    }
    return numbers;
  }

  private List<List<Object>> gaps() {
    List<List<Object>> gaps = new ArrayList<>();
    for (byte[] block : server.blocks) {
      Envelope envelope = Envelope.read(block).check();
      if (envelope.content().get("type").equals("lineseal/gap")) {
        Map<?, ?> gap = (Map<?, ?>) envelope.content().get("payload");
        gaps.add(List.of(gap.get("first_seq"), gap.get("last_seq"), gap.get("count")));
      }
    }
    return gaps;
  }

  private static int poison(RecordRequest request) {
    for (int i = 0; i < request.getEventsCount(); i++) {
      EventDraft draft = request.getEvents(i).getDraft();
      if (draft.getPrediction().getOutput().getTextValue().equals("poison")) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void rowsAreRecordedInTheirOrderAndInBatches() throws InterruptedException {
    try (PredictionLogger logger = builder().batch(10, Duration.ofMillis(20)).build()) {
      List<PredictionLogger.Logged> rows = new ArrayList<>();
      for (int i = 0; i < 95; i++) {
        rows.add(logger.log(i, i));
      }
      assertTrue(logger.flush(Duration.ofSeconds(5)));
      assertEquals(95, logger.stats().recorded());
      assertTrue(rows.stream().allMatch(row -> row.receipt().join().hash().equals(row.hash())));
    }
    assertEquals(LongStream.range(0, 95).boxed().toList(), recorded());
    int requests = server.requests.size();
    assertTrue(requests >= 10 && requests < 95, "" + requests);
  }

  @Test
  void aRefusedRowDoesNotHoldUpTheOthers() {
    server.refusal =
        request ->
            poison(request) < 0
                ? null
                : FakeServer.refused(
                    Code.INVALID_ARGUMENT,
                    "INVALID_RECORD",
                    Map.of("position", "" + poison(request)));
    check(List.of(3, 7));
  }

  @Test
  void aRefusedRowIsFoundWhereTheServerDoesNotSayWhichItIs() {
    server.refusal =
        request ->
            poison(request) < 0
                ? null
                : FakeServer.refused(Code.INVALID_ARGUMENT, "INVALID_RECORD", Map.of());
    check(List.of(3, 7));
  }

  private void check(List<Integer> poisoned) {
    List<PredictionLogger.Logged> rows = new ArrayList<>();
    PredictionLogger logger = builder().build();
    for (int i = 0; i < 10; i++) {
      rows.add(logger.log(null, poisoned.contains(i) ? "poison" : "good"));
    }
    logger.close();
    assertEquals(List.of(0L, 1L, 2L, 4L, 5L, 6L, 8L, 9L), recorded());
    assertEquals(List.of(List.of(3L, 3L, 1L), List.of(7L, 7L, 1L)), gaps());
    assertEquals(List.of(3L, 7L), lost.stream().map(PredictionLogger.Lost::seq).toList());
    CompletionException refusal =
        assertThrows(CompletionException.class, () -> rows.get(3).receipt().join());
    assertEquals("INVALID_RECORD", ((LinesealException) refusal.getCause()).code());
    assertEquals(2, logger.stats().refused());
  }

  @Test
  void theSameBytesAreSentUntilTheServerIsBack() {
    List<RuntimeException> outages =
        List.of(
            AWAY,
            FakeServer.refused(Code.UNIMPLEMENTED, "UNSUPPORTED", Map.of()),
            FakeServer.refused(Code.DATA_LOSS, "CORRUPT_LEDGER", Map.of()));
    server.refusal =
        request ->
            server.requests.size() <= outages.size()
                ? outages.get(server.requests.size() - 1)
                : null;
    PredictionLogger logger = builder().build();
    logger.log("a", 1);
    logger.log("b", 2);
    logger.close();
    assertEquals(List.of(0L, 1L), recorded());
    assertEquals(1, server.requests.stream().distinct().count());
  }

  @Test
  void whatIsNotDeliveredInTimeIsLostAndShows() {
    server.refusal = request -> lost.isEmpty() ? AWAY : null;
    PredictionLogger logger = builder().deadline(Duration.ofMillis(300)).build();
    PredictionLogger.Logged row = logger.log("a", 1);
    assertThrows(CompletionException.class, row.receipt()::join);
    logger.log("b", 2);
    logger.close();
    assertEquals(List.of(1L), recorded());
    assertEquals(List.of(List.of(0L, 0L, 1L)), gaps());
    assertEquals(1, logger.stats().lost());
  }

  @Test
  void aFullBufferDropsOrThrowsOrBlocks() {
    server.refusal = request -> AWAY;
    PredictionLogger throwing =
        builder()
            .bufferBytes(1_000)
            .whenFull(PredictionLogger.WhenFull.THROW, Duration.ZERO)
            .closeAtMost(Duration.ofMillis(1))
            .build();
    LinesealException full = assertThrows(LinesealException.class, () -> fill(throwing));
    assertEquals("OVERLOADED", full.code());
    PredictionLogger blocking =
        builder()
            .bufferBytes(1_000)
            .whenFull(PredictionLogger.WhenFull.BLOCK, Duration.ofMillis(100))
            .closeAtMost(Duration.ofMillis(1))
            .build();
    long begin = System.nanoTime();
    assertThrows(LinesealException.class, () -> fill(blocking));
    assertTrue(System.nanoTime() - begin >= 100_000_000);
    throwing.close();
    blocking.close();
    lost.clear();
    PredictionLogger dropping =
        builder()
            .bufferBytes(1_000)
            .whenFull(PredictionLogger.WhenFull.DROP, Duration.ZERO)
            .build();
    fill(dropping);
    int dropped = lost.size();
    assertTrue(dropped > 0 && dropped < 10);
    server.refusal = request -> null;
    dropping.close();
    assertEquals(10 - dropped, recorded().size());
    assertEquals(List.of(List.of(10L - dropped, 9L, (long) dropped)), gaps());
  }

  private static void fill(PredictionLogger logger) {
    for (int i = 0; i < 10; i++) {
      logger.log("x", i);
    }
  }

  @Test
  void aClosedLoggerTakesNoMoreAndGivesUpInTime() {
    server.refusal = request -> AWAY;
    PredictionLogger logger = builder().closeAtMost(Duration.ofMillis(100)).build();
    PredictionLogger.Logged row = logger.log("a", 1);
    logger.close();
    assertThrows(CompletionException.class, row.receipt()::join);
    assertEquals("CLOSED", assertThrows(LinesealException.class, () -> logger.log("b", 2)).code());
    assertEquals(0, logger.stats().waiting());
  }

  @Test
  void aLoggerWantsToKnowItsParents() {
    assertEquals(
        "parents",
        assertThrows(LinesealException.class, () -> PredictionLogger.builder(client).build())
            .field());
  }
}
