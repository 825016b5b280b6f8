package dev.lineseal;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values of all kinds, deep and at the limits, by a seed. */
final class RandomValues {
  private static final String[] TEXTS = {
    "", "a", "ab", "b", "é", "e\u0301", "\uffff", "\ud83d\udd11", "/", "\u0000", "x".repeat(300)
  };
  private static final long[] LONGS = {
    0, 1, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffffL, 1L << 32, (1L << 53) + 1, Long.MAX_VALUE
  };
  private static final double[] DOUBLES = {
    0.0,
    -0.0,
    1.0,
    0.1,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private final Random random;

  RandomValues(long seed) {
    random = new Random(seed);
  }

  Map<String, Object> map(int depth) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      map.put(
          TEXTS[random.nextInt(TEXTS.length)] + (random.nextBoolean() ? "" : random.nextInt(100)),
          value(depth - 1));
    }
    return map;
  }

  Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 12 : 9)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> LONGS[random.nextInt(LONGS.length)];
      case 3 -> ~LONGS[random.nextInt(LONGS.length)];
      case 4 -> new BigInteger(64, random);
      case 5 -> DOUBLES[random.nextInt(DOUBLES.length)];
      case 6 -> TEXTS[random.nextInt(TEXTS.length)];
      case 7 -> bytes();
      case 8 -> leaf();
      case 9 -> list(depth);
      default -> map(depth);
    };
  }

  private Object leaf() {
    return switch (random.nextInt(4)) {
      case 0 -> random.doubles(random.nextInt(4)).toArray();
      case 1 -> Tensor.of(random.ints(6).toArray(), 2, 3);
      case 2 -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1_000L);
      default -> Link.ofArtifact(Names.hash(bytes()));
    };
  }

  private List<Object> list(int depth) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(30); i > 0; i--) {
      list.add(value(depth - 1));
    }
    return list;
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return bytes;
  }
}
