package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValuesTest {
  private enum Device {
    GPU
  }

  private record Config(int depth, Device device) {}

  private static Object stored(Object value) {
    Draft draft = Draft.custom("a/b").timeMicros(1).put("x", value).build();
    return ((Map<?, ?>) Expected.content(draft.message(), List.of()).get("payload")).get("x");
  }

  private static LinesealException refused(Object value) {
    return assertThrows(LinesealException.class, () -> Draft.custom("a/b").put("x", value));
  }

  @Test
  void integersAreExactToTheirLimits() {
    BigInteger greatest = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    for (Object number :
        List.of(
            (1L << 53) + 1,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            greatest,
            greatest.shiftRight(1).add(BigInteger.ONE))) {
      assertEquals(number, stored(number));
    }
    assertEquals(7L, stored(BigInteger.valueOf(7)));
    assertEquals("payload.x", refused(greatest.add(BigInteger.ONE)).path());
    assertEquals("payload.x.a[1]", refused(Map.of("a", List.of(1, new BigDecimal("1.5")))).path());
  }

  @Test
  void anIntegerIsNoFloat() {
    assertEquals(1.0, stored(1.0f));
    assertEquals(1L, stored((short) 1));
    assertEquals(Map.of("lineseal:float", "-Infinity"), stored(Double.NEGATIVE_INFINITY));
    assertEquals(0L, Double.doubleToRawLongBits((Double) stored(-0.0)));
  }

  @Test
  void arraysOfPrimitivesAreTensors() {
    Map<?, ?> tensor = (Map<?, ?>) ((Map<?, ?>) stored(new int[] {1, -2})).get("lineseal:tensor");
    assertEquals("int32", tensor.get("dtype"));
    assertEquals(List.of(2L), tensor.get("shape"));
    assertTrue(Same.same(new byte[] {1, 0, 0, 0, -2, -1, -1, -1}, tensor.get("data")));
    Tensor square = Tensor.of(new double[4], 2, 2);
    assertEquals(List.of(2L, 2L), square.shape());
    assertThrows(LinesealException.class, () -> Tensor.of(new double[4], 3, 2));
    assertThrows(LinesealException.class, () -> Tensor.of("text"));
    square.data()[0] = 1;
    assertEquals(Tensor.of(new double[4], 2, 2), square);
  }

  @Test
  void anArtifactIsNamedByAWholeHash() {
    assertEquals("ab".repeat(32), Link.ofArtifact("AB".repeat(32)).digest());
    for (String wrong : List.of("", "ab".repeat(31), "ab".repeat(33), "xy".repeat(32))) {
      assertEquals(
          "INVALID_ARGUMENT",
          assertThrows(LinesealException.class, () -> Link.ofArtifact(wrong)).code());
    }
  }

  @Test
  void recordsAndEnumsAndTimesAreConverted() {
    assertEquals(Map.of("depth", 3L, "device", "GPU"), stored(new Config(3, Device.GPU)));
    assertEquals(
        "2026-11-24T06:00:00.000001Z", stored(Instant.parse("2026-11-24T06:00:00.000001Z")));
    assertEquals("payload.x", refused(Instant.ofEpochSecond(0, 1)).path());
  }

  @Test
  void aMapThatHoldsItselfIsRefused() {
    Map<String, Object> circle = new HashMap<>();
    circle.put("two words", new ArrayList<>(List.of(circle)));
    assertTrue(refused(circle).path().startsWith("payload.x[\"two words\"][0]"));
  }

  @Test
  void metricsThatNoDoubleHoldsAreRefused() {
    LinesealException refusal =
        assertThrows(
            LinesealException.class, () -> Draft.evaluation().metrics(Map.of("m", (1L << 53) + 1)));
    assertEquals("payload.metrics.m", refusal.path());
  }

  @Test
  void addressesAreReadInTheirForms() {
    assertEquals(new Address("h", 1, "default"), Address.of("h:1"));
    assertEquals(new Address("h", 50051, "runs"), Address.of("grpc://h/runs"));
    assertEquals(new Address("[::1]", 7, "default"), Address.of("grpc://[::1]:7"));
    for (String wrong : List.of("h", "h:0", "h:1/runs", "http://h:1", "::1:7", "h:99999", "")) {
      assertThrows(LinesealException.class, () -> Address.of(wrong), wrong);
    }
  }
}
