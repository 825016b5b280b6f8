package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a live server: LINESEAL_TARGET names it, as {@code tests/interop/test_java.py} does. */
class LiveTest {
  private static final String TARGET = System.getenv("LINESEAL_TARGET");

  private Client client;

  @BeforeEach
  void connect() {
    if (TARGET == null) {
      System.out.println("NOT RUN: LINESEAL_TARGET names no server");
    }
    Assumptions.assumeTrue(TARGET != null, "LINESEAL_TARGET names no server");
    String ledger = "java-" + UUID.randomUUID().toString().substring(0, 8);
    client = Client.connect("grpc://" + TARGET + "/" + ledger);
    assertEquals(ledger, client.ledger());
  }

  @AfterEach
  void disconnect() {
    if (client != null) {
      client.close();
    }
  }

  private List<Receipt> history() {
    return client.recordAll(
        List.of(
            Draft.dataset("digits").version("1").numRows(1797).build(),
            Draft.training("r1", "lr").timeMicros(1).parentAt(0, "train").build(),
            Draft.model("lr").version("1").parentAt(1, "").build()));
  }

  @Test
  void aHistoryIsRecordedTracedAndVerified() {
    List<Receipt> receipts = history();
    Receipt model = receipts.get(2);
    assertEquals(
        List.of("model", "training", "dataset"),
        client.trace(model.hash()).stream().map(Event::type).toList());
    Report report = client.verify(model.hash());
    assertEquals(new Report(Report.Verdict.OK, true, 3, List.of()), report);
    assertFalse(client.verify(model.hash().substring(0, 12)).anchored());
    Event training = client.get(receipts.get(1).hash());
    assertEquals(List.of(receipts.get(0).hash()), training.parents());
    assertEquals(List.of("train"), training.roles());
    assertEquals(training.hash(), client.get(training.cid()).hash());
    assertEquals(Names.hash(training.block()), training.hash());
    assertEquals(1797L, client.get(receipts.get(0).hash()).payload().get("num_rows"));
  }

  @Test
  void whateverIsDraftedTheServerMakesTheBlockWhoseHashIsKnownHere() {
    long seed = new Random().nextLong();
    RandomValues values = new RandomValues(seed);
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      drafts.add(
          Draft.prediction()
              .predictionId("p-" + i)
              .inputs(values.value(4))
              .output(values.value(2))
              .properties(values.map(3))
              .id("b:" + i, "a:\uffff", "a:\ud83d\udd11")
              .noParents()
              .build());
      drafts.add(
          Draft.custom("acme/any")
              .timeMicros(i)
              .put("n", i)
              .payload(values.map(4))
              .parentAt(2 * i, "z")
              .parentAt(2 * i, "")
              .parent(drafts.get(0).hash(), "a")
              .build());
    }
    List<Receipt> receipts = assertDoesNotThrow(() -> client.recordAll(drafts), "seed " + seed);
    Event last = client.get(receipts.get(999).hash());
    assertEquals(last.hash(), Names.hash(CborWriter.bytes(last.content())), "seed " + seed);
  }

  @Test
  void whatWasRecordedIsThereAlready() {
    List<Receipt> first = history();
    List<Receipt> again = history();
    assertEquals(
        first.stream().map(Receipt::hash).toList(), again.stream().map(Receipt::hash).toList());
    assertTrue(again.stream().noneMatch(Receipt::created));
  }

  @Test
  void blocksAreCopiedIntoAnotherLedger() {
    List<byte[]> blocks = new ArrayList<>();
    client.trace(history().get(2).hash()).forEach(event -> blocks.add(event.block()));
    Collections.reverse(blocks);
    try (Client other = Client.connect(TARGET, client.ledger() + "-copy", Duration.ofSeconds(10))) {
      assertTrue(other.recordBlocks(blocks).stream().allMatch(Receipt::created));
      assertTrue(other.verify(Names.hash(blocks.get(2))).ok());
    }
  }

  @Test
  void refusalsSayWhichEventAndWhere() {
    LinesealException wrong =
        assertThrows(
            LinesealException.class,
            () ->
                client.recordAll(
                    List.of(Draft.dataset("a").build(), Draft.dataset("b").numRows(-1).build())));
    assertEquals("INVALID_RECORD", wrong.code());
    assertEquals("payload.num_rows", wrong.path());
    assertEquals(1, wrong.position().orElseThrow());
    LinesealException orphan =
        assertThrows(
            LinesealException.class,
            () -> client.record(Draft.model("m").parent("00".repeat(32)).build()));
    assertEquals("PARENT_NOT_FOUND", orphan.code());
    assertEquals(
        "EVENT_NOT_FOUND",
        assertThrows(LinesealException.class, () -> client.get("ab".repeat(32))).code());
    assertEquals(
        "INVALID_ARGUMENT", assertThrows(LinesealException.class, () -> client.get("abc")).code());
  }

  @Test
  void aBatchMayBeGreaterThanAnAnswer() {
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      drafts.add(Draft.prediction().noParents().inputs(new byte[500_000]).build());
    }
    assertTrue(client.recordAll(drafts).stream().allMatch(Receipt::created));
  }

  @Test
  void aLongTraceIsReadWhole() {
    List<Draft> drafts = new ArrayList<>(List.of(Draft.dataset("digits").build()));
    for (int i = 1; i < 9_000; i++) {
      drafts.add(
          Draft.custom("acme/step")
              .timeMicros(i)
              .put("text", "x".repeat(600))
              .parentAt(i - 1, "")
              .build());
    }
    List<Receipt> receipts = new ArrayList<>(client.recordAll(drafts));
    Collections.reverse(receipts);
    String last = receipts.get(0).hash();
    assertEquals(
        receipts.stream().map(Receipt::hash).toList(),
        client.trace(last).stream().map(Event::hash).toList());
    assertEquals(9_000, client.verify(last).checked());
  }

  @Test
  void aLoggerFindsItsParents() {
    Receipt model = history().get(2);
    try (PredictionLogger logger =
        PredictionLogger.builder("grpc://" + TARGET + "/" + client.ledger())
            .parent("model:lr@1", "model")
            .actor("java")
            .build()) {
      Receipt row = logger.log(Map.of("pixels", new double[] {0.5}), 7).receipt().join();
      Event event = client.get(row.hash());
      assertEquals(List.of(model.hash()), event.parents());
      assertEquals(List.of("model"), event.roles());
      assertEquals(logger.stream(), event.payload().get("stream"));
      assertEquals("java", event.content().get("actor"));
      assertEquals(
          List.of(row.hash()),
          client.find(Client.Key.STREAM, logger.stream(), 10).stream().map(Event::hash).toList());
    }
    Receipt second =
        client.record(Draft.model("lr").version("1").format("onnx").parent(model.hash()).build());
    LinesealException ambiguous =
        assertThrows(
            LinesealException.class,
            () -> PredictionLogger.builder(client).parent("model:lr@1").build());
    assertEquals("AMBIGUOUS_HASH", ambiguous.code());
    assertTrue(
        ambiguous.getMessage().contains(model.hash())
            && ambiguous.getMessage().contains(second.hash()));
    assertEquals(
        "EVENT_NOT_FOUND",
        assertThrows(
                LinesealException.class,
                () -> PredictionLogger.builder(client).parent("deployment:none").build())
            .code());
  }
}
