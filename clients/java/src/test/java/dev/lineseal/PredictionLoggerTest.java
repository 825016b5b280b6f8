package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.Code;
import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.RecordRequest;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PredictionLoggerTest {
  private static final RuntimeException AWAY =
      FakeServer.refused(Code.UNAVAILABLE, "STORAGE", Map.of());

  private static final Duration SOON = Duration.ofMillis(1);

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
  void batchesThatAreRefusedWholeAreSentByHalves() {
    for (boolean told : List.of(true, false)) {
      server.requests.clear();
      server.blocks.clear();
      server.refusal =
          request ->
              poison(request) < 0
                  ? null
                  : FakeServer.refused(
                      Code.INVALID_ARGUMENT,
                      "A_LATER_REASON",
                      told ? Map.of("position", "" + poison(request)) : Map.of());
      PredictionLogger logger = builder().batch(512, Duration.ofSeconds(20)).build();
      for (int i = 0; i < 512; i++) {
        logger.log(null, "poison");
      }
      logger.close();
      assertEquals(512, logger.stats().refused());
      int sent = server.requests.stream().mapToInt(RecordRequest::getEventsCount).sum();
      assertTrue(sent < 512 * 15, "" + sent);
      assertEquals(List.of(List.of(0L, 511L, 512L)), gaps());
    }
  }

  @Test
  void closingRecordsAllGapsThatAreOwed() throws InterruptedException {
    AtomicBoolean open = new AtomicBoolean();
    server.refusal =
        request -> {
          EventDraft first = request.getEvents(0).getDraft();
          if (first.hasGap()) {
            return open.get() ? null : Status.INTERNAL.asRuntimeException();
          }
          String reason = first.getPrediction().getSeq() % 2 == 0 ? "ENCODING" : "INVALID_RECORD";
          return FakeServer.refused(Code.INVALID_ARGUMENT, reason, Map.of("position", "0"));
        };
    PredictionLogger logger = builder().build();
    for (int i = 0; i < 2_100; i++) {
      logger.log(null, i);
    }
    assertTrue(logger.flush(Duration.ofSeconds(60)));
    assertEquals(List.of(), gaps());
    open.set(true);
    logger.close();
    assertEquals(2_100, gaps().size());
  }

  @Test
  void aMessageThatIsTooLongIsSentInParts() {
    server.refusal =
        request ->
            request.getSerializedSize() <= 3_000
                ? null
                : Status.RESOURCE_EXHAUSTED
                    .withDescription("gRPC message exceeds maximum size 3000: 4000")
                    .asRuntimeException();
    PredictionLogger logger = builder().build();
    for (int i = 0; i < 10; i++) {
      logger.log(new byte[i == 4 ? 4_000 : 1_000], i);
    }
    logger.close();
    assertEquals(List.of(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L), recorded());
    assertEquals(List.of(List.of(4L, 4L, 1L)), gaps());
  }

  @Test
  void callbacksThatFailOrInterruptDoNotStopTheLogger() {
    server.refusal =
        request ->
            poison(request) < 0
                ? null
                : FakeServer.refused(Code.INVALID_ARGUMENT, "INVALID_RECORD", Map.of());
    PredictionLogger logger =
        builder()
            .batch(3, Duration.ofSeconds(20))
            .onLost(
                row -> {
                  Thread.currentThread().interrupt();
                  throw new StackOverflowError();
                })
            .build();
    for (int i = 0; i < 3; i++) {
      PredictionLogger.Logged row = logger.log(null, "poison");
      PredictionLogger.Logged good = logger.log(null, "good");
      logger.log(null, "poison");
      good.receipt().orTimeout(20, TimeUnit.SECONDS).join();
      assertThrows(CompletionException.class, row.receipt()::join);
    }
    logger.close();
    assertEquals(List.of(1L, 4L, 7L), recorded());
    assertEquals(6, gaps().stream().mapToLong(gap -> (Long) gap.get(2)).sum());
  }

  @Test
  void anInterruptWhileNothingIsDueDoesNotStopTheLogger() throws InterruptedException {
    PredictionLogger logger = builder().build();
    logger.log("a", 1);
    assertTrue(logger.flush(Duration.ofSeconds(20)));
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("lineseal-logger"))
        .forEach(Thread::interrupt);
    logger.log("b", 2).receipt().orTimeout(20, TimeUnit.SECONDS).join();
    logger.close();
    assertEquals(List.of(0L, 1L), recorded());
  }

  @Test
  void aCallbackMayCloseTheLogger() throws InterruptedException {
    server.refusal = request -> FakeServer.refused(Code.INVALID_ARGUMENT, "ENCODING", Map.of());
    PredictionLogger[] logger = {null};
    CountDownLatch closed = new CountDownLatch(1);
    logger[0] =
        builder()
            .onLost(
                row -> {
                  logger[0].close();
                  closed.countDown();
                })
            .build();
    logger[0].log(null, 1);
    assertTrue(closed.await(20, TimeUnit.SECONDS));
    logger[0].close();
    assertEquals("CLOSED", assertThrows(LinesealException.class, () -> fill(logger[0])).code());
  }

  @Test
  void rowsThatWaitTakeTheMemoryThatIsSaid() {
    server.refusal = request -> AWAY;
    List<Integer> numbers = IntStream.range(0, 5_000).boxed().toList();
    PredictionLogger logger = builder().closeAtMost(SOON).build();
    logger.log(numbers, 0);
    long before = used();
    for (int i = 1; i < 400; i++) {
      logger.log(numbers, i);
    }
    // A number takes some seven bytes of a message, and ten times that as objects.
    long taken = used() - before;
    assertTrue(taken < 40_000_000, "" + taken);
    logger.close();
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void theDeepestValueAndNothingTooLargeIsLogged() {
    Object deep = 1;
    for (int i = 0; i < 22; i++) {
      deep = i % 2 == 0 ? List.of(deep) : Map.of("k", deep);
    }
    PredictionLogger logger = builder().build();
    logger.log(deep, 1);
    LinesealException refusal =
        assertThrows(LinesealException.class, () -> logger.log(new byte[1 << 20], 1));
    assertEquals("INVALID_RECORD", refusal.code());
    logger.log(null, 2);
    logger.close();
    assertEquals(List.of(0L, 1L), recorded());
  }

  @Test
  void aLoggerStartsSoonWithoutItsServer() {
    long begin = System.nanoTime();
    PredictionLogger.builder("127.0.0.1:1").noParents().closeAtMost(SOON).build().close();
    PredictionLogger.Builder builder = PredictionLogger.builder("127.0.0.1:1").stream("s");
    PredictionLogger logger = builder.parent("ab".repeat(32)).closeAtMost(SOON).build();
    assertTrue(System.nanoTime() - begin < 20_000_000_000L);
    PredictionBuilder given = Draft.prediction().predictionId("p").timeMicros(1).noParents();
    // A row that has no parents on purpose does not get the logger's.
    String hash = logger.log(given).hash();
    logger.close();
    assertEquals(
        Draft.prediction().predictionId("p").timeMicros(1).stream("s")
            .seq(0)
            .noParents()
            .build()
            .hash(),
        hash);
  }

  @Test
  void theSameBytesAreSentUntilTheServerIsBack() {
    List<RuntimeException> outages =
        List.of(
            AWAY,
            Status.RESOURCE_EXHAUSTED.withDescription("rate limit").asRuntimeException(),
            Status.INVALID_ARGUMENT.withDescription("a proxy's").asRuntimeException(),
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
    assertEquals(0, logger.stats().refused());
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
            .closeAtMost(SOON)
            .build();
    LinesealException full = assertThrows(LinesealException.class, () -> fill(throwing));
    assertEquals("OVERLOADED", full.code());
    PredictionLogger blocking =
        builder()
            .bufferBytes(1_000)
            .whenFull(PredictionLogger.WhenFull.BLOCK, Duration.ofMillis(100))
            .closeAtMost(SOON)
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
  void whoWaitsForRoomMayBeInterrupted() {
    server.refusal = request -> AWAY;
    PredictionLogger logger = builder().bufferBytes(1_000).closeAtMost(SOON).build();
    Thread.currentThread().interrupt();
    LinesealException refusal = assertThrows(LinesealException.class, () -> fill(logger));
    assertEquals("CANCELLED", refusal.code());
    assertTrue(Thread.interrupted());
    logger.close();
  }

  @Test
  void timesMayBeEndless() throws InterruptedException {
    Duration forever = ChronoUnit.FOREVER.getDuration();
    try (Client patient = server.client(forever)) {
      PredictionLogger logger =
          PredictionLogger.builder(patient)
              .noParents()
              .batch(10, forever)
              .whenFull(PredictionLogger.WhenFull.BLOCK, forever)
              .deadline(forever)
              .closeAtMost(forever)
              .build();
      logger.log("a", 1);
      assertTrue(logger.flush(forever));
      logger.log("b", 2);
      logger.close();
      assertEquals(2, logger.stats().recorded());
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
