package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import dev.lineseal.v1.FindEventsResponse;
import dev.lineseal.v1.RecordResponse;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientTest {
  private FakeServer server;
  private Client client;

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

  private void changeReceipts(UnaryOperator<dev.lineseal.v1.Receipt> change) {
    server.lie =
        answer -> {
          RecordResponse.Builder made = answer.toBuilder();
          for (int i = 0; i < made.getReceiptsCount(); i++) {
            made.setReceipts(i, change.apply(made.getReceipts(i)));
          }
          return made.build();
        };
  }

  private LinesealException lie() {
    Draft draft = Draft.dataset("digits").numRows(1797).build();
    LinesealException refusal = assertThrows(LinesealException.class, () -> client.record(draft));
    assertEquals("CORRUPT_LEDGER", refusal.code());
    assertEquals(OptionalLong.of(0), refusal.position());
    return refusal;
  }

  @Test
  void theWorkedExampleHasItsHash() {
    Receipt data = client.record(Draft.dataset("digits").build());
    Draft evaluation =
        Draft.evaluation()
            .dataset(null)
            .metrics(Map.of("accuracy", 0.97))
            .split("test")
            .numRows(360)
            .timeMicros(1795500000000000L)
            .parent(data.hash(), "test")
            .build();
    Receipt receipt = client.record(evaluation);
    assertEquals(
        "6f098229d3aa55850b0eb9d55918714e6c685047be97c18a950d5a8183da903c", receipt.hash());
    assertEquals(receipt.hash(), evaluation.hash());
    assertFalse(client.record(evaluation).created());
  }

  @Test
  void aReceiptForAnotherEventIsRefused() {
    changeReceipts(
        receipt -> receipt.toBuilder().setHash(ByteString.copyFrom(new byte[32])).build());
    assertTrue(lie().getMessage().contains("says that it recorded 0000"));
  }

  @Test
  void aParentByItsPlaceStandsEarlierInTheBatch() {
    Draft model = Draft.model("m").parentAt(1, "").build();
    LinesealException refusal =
        assertThrows(
            LinesealException.class,
            () -> client.recordAll(List.of(Draft.dataset("d").build(), model)));
    assertEquals("parents[0].position", refusal.path());
    assertEquals(OptionalLong.of(1), refusal.position());
    assertThrows(LinesealException.class, model::hash);
    assertTrue(server.requests.isEmpty());
  }

  @Test
  void aReceiptForAnotherBlockIsRefused() {
    changeReceipts(
        receipt -> receipt.toBuilder().setHash(ByteString.copyFrom(new byte[32])).build());
    byte[] block =
        FakeServer.encoded(Expected.content(Draft.dataset("digits").build().message(), List.of()));
    assertEquals(
        "CORRUPT_LEDGER",
        assertThrows(LinesealException.class, () -> client.recordBlocks(List.of(block))).code());
  }

  @Test
  void theSameBytesAreSentAgainUntilTheyAreAcknowledged() {
    server.refusal =
        request ->
            server.requests.size() < 3
                ? FakeServer.refused(Code.RESOURCE_EXHAUSTED, "OVERLOADED", Map.of())
                : null;
    client.record(Draft.prediction().noParents().inputs(List.of(1, 2.5)).build());
    assertEquals(3, server.requests.size());
    assertArrayEquals(server.requests.get(0).toByteArray(), server.requests.get(2).toByteArray());
  }

  @Test
  void aRefusalHasItsPlace() {
    Map<String, String> about =
        Map.of(
            "field",
            "num_rows",
            "path",
            "payload.num_rows",
            "position",
            "1",
            "remedy",
            "Give a count");
    server.refusal = request -> FakeServer.refused(Code.INVALID_ARGUMENT, "INVALID_RECORD", about);
    LinesealException refusal =
        assertThrows(LinesealException.class, () -> client.record(Draft.dataset("d").build()));
    assertEquals("INVALID_RECORD", refusal.code());
    assertEquals("num_rows", refusal.field());
    assertEquals("payload.num_rows", refusal.path());
    assertEquals(OptionalLong.of(1), refusal.position());
    assertEquals("no. Give a count", refusal.getMessage());
    assertEquals(1, server.requests.size());
  }

  @Test
  void aLimitOfAProxyIsWaitedFor() {
    server.refusal =
        request ->
            server.requests.size() < 3
                ? Status.RESOURCE_EXHAUSTED.withDescription("rate limit").asRuntimeException()
                : null;
    client.record(Draft.dataset("d").build());
    assertEquals(3, server.requests.size());
  }

  @Test
  void aServerThatWantsToBeLeftAloneForLongIsAskedOnceMore() {
    RetryInfo hour =
        RetryInfo.newBuilder()
            .setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(3_600))
            .build();
    server.refusal =
        request ->
            server.requests.size() == 1
                ? FakeServer.refused(Code.RESOURCE_EXHAUSTED, "OVERLOADED", Map.of(), hour)
                : null;
    try (Client hasty = server.client(Duration.ofSeconds(1))) {
      hasty.record(Draft.dataset("d").build());
    }
    assertEquals(2, server.requests.size());
  }

  @Test
  void aReasonOfALaterServerIsTreatedByItsStatus() {
    server.refusal =
        request ->
            server.requests.size() == 1
                ? FakeServer.refused(Code.UNAVAILABLE, "MOVING_HOUSE", Map.of())
                : null;
    client.record(Draft.dataset("d").build());
    assertEquals(2, server.requests.size());
  }

  @Test
  void whatIsTooLargeIsNotSent() {
    Draft large = Draft.custom("a/b").timeMicros(1).put("x", new byte[1 << 20]).build();
    assertEquals(
        "INVALID_RECORD", assertThrows(LinesealException.class, () -> client.record(large)).code());
    List<Draft> many = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      many.add(Draft.custom("a/b").timeMicros(i).put("x", new byte[1_000_000]).build());
    }
    LinesealException refusal = assertThrows(LinesealException.class, () -> client.recordAll(many));
    assertEquals("INVALID_ARGUMENT", refusal.code());
    assertTrue(server.requests.isEmpty());
  }

  @Test
  void emptyPagesWithoutEndAreALie() {
    server.found = () -> FindEventsResponse.newBuilder().setNextPageToken("more").build();
    LinesealException refusal =
        assertThrows(
            LinesealException.class, () -> client.find(Client.Key.MODEL, "m", Integer.MAX_VALUE));
    assertEquals("CORRUPT_LEDGER", refusal.code());
  }

  @Test
  void findGivesWhatHasTheKeyInOrderAndNoMoreThanWasAsked() {
    List<String> found = findNamed(List.of("m", "m", "m"), List.of(3L, 2L, 1L));
    assertEquals(2, found.size());
    for (List<Long> places : List.of(List.of(1L, 2L), List.of(1L, 1L))) {
      assertEquals(
          "CORRUPT_LEDGER",
          assertThrows(LinesealException.class, () -> findNamed(List.of("m", "m"), places)).code());
    }
    assertEquals(
        "CORRUPT_LEDGER",
        assertThrows(LinesealException.class, () -> findNamed(List.of("n"), List.of(1L))).code());
    assertThrows(LinesealException.class, () -> client.find(Client.Key.MODEL, "n@null", 2));
  }

  /** What `find` makes of models of these names at these places, when asked for two called m. */
  private List<String> findNamed(List<String> names, List<Long> places) {
    FindEventsResponse.Builder answer = FindEventsResponse.newBuilder();
    for (int i = 0; i < names.size(); i++) {
      Draft draft = Draft.model(names.get(i)).noParents().build();
      answer.addEvents(
          dev.lineseal.v1.Event.newBuilder()
              .setHash(Names.bytes(draft.hash()))
              .setBlock(ByteString.copyFrom(draft.block(List.of())))
              .setIndex(places.get(i)));
    }
    server.found = answer::build;
    return client.find(Client.Key.MODEL, "m", 2).stream().map(Event::hash).toList();
  }

  @Test
  void attemptsEndWithTheDeadline() {
    try (Client hasty = server.client(Duration.ofMillis(300))) {
      server.refusal = request -> FakeServer.refused(Code.UNAVAILABLE, "STORAGE", Map.of());
      long begin = System.nanoTime();
      LinesealException refusal =
          assertThrows(LinesealException.class, () -> hasty.record(Draft.dataset("d").build()));
      assertEquals("STORAGE", refusal.code());
      assertTrue(refusal.isRetryable());
      assertTrue(System.nanoTime() - begin < 5_000_000_000L);
      assertTrue(server.requests.size() > 1);
    }
  }

  @Test
  void aDraftKeepsWhatItWasGiven() {
    Map<String, Object> inputs = new HashMap<>(Map.of("a", 1));
    Draft draft = Draft.prediction().noParents().inputs(inputs).build();
    inputs.put("a", 2);
    assertEquals(
        1,
        draft
            .message()
            .getPrediction()
            .getInputs()
            .getMapValue()
            .getEntriesOrThrow("a")
            .getIntValue());
    assertTrue(draft.message().hasTime());
    assertEquals('7', draft.message().getPrediction().getPredictionId().charAt(14));
  }

  @Test
  void aClosedClientSaysSo() {
    client.close();
    assertEquals(
        "CLOSED", assertThrows(LinesealException.class, () -> client.get("00".repeat(32))).code());
  }
}
