package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is read of any bytes: nothing but an exception of ours, or the one form of its content. */
class MutatedBlocksTest {
  private static final int TRIES = 50_000;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @Test
  void whateverIsReadIsCanonical() {
    List<byte[]> blocks = blocks();
    int read = 0;
    for (int i = 0; i < TRIES; i++) {
      byte[] block = mutated(blocks.get(random.nextInt(blocks.size())));
      String about = "seed " + seed + ": " + HexFormat.of().formatHex(block);
      try {
        Object content = DagCbor.read(block);
        assertArrayEquals(block, CborWriter.bytes(content), about);
        read++;
        Envelope.read(block).check().roles();
      } catch (LinesealException refused) {
        assertTrue(List.of("ENCODING", "INVALID_RECORD").contains(refused.code()), about);
      } catch (RuntimeException raw) {
        throw new AssertionError(about, raw);
      }
    }
    assertTrue(read > TRIES / 100, "only " + read + " of " + TRIES + " were read");
  }

  private List<byte[]> blocks() {
    RandomValues values = new RandomValues(seed);
    List<byte[]> blocks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      blocks.add(
          Draft.prediction()
              .inputs(values.value(4))
              .output(Link.ofArtifact("ab".repeat(32)))
              .properties(values.map(2))
              .parent("cd".repeat(32), i % 2 == 0 ? "model" : "")
              .parent("ef".repeat(32))
              .build()
              .block(List.of()));
    }
    return blocks;
  }

  /** One to three bytes changed, a piece left out, given twice, or put elsewhere. */
  private byte[] mutated(byte[] block) {
    int from = random.nextInt(block.length);
    int to = Math.min(block.length, from + 1 + random.nextInt(8));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    switch (random.nextInt(4)) {
      case 0 -> {
        out.write(block, 0, from);
        out.write(block, to, block.length - to);
      }
      case 1 -> {
        out.write(block, 0, to);
        out.write(block, from, block.length - from);
      }
      case 2 -> {
        byte[] changed = block.clone();
        int at = random.nextInt(block.length - (to - from) + 1);
        System.arraycopy(block, from, changed, at, to - from);
        return changed;
      }
      default -> {
        byte[] changed = block.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
          changed[random.nextInt(block.length)] = (byte) random.nextInt(256);
        }
        return changed;
      }
    }
    return out.size() == 0 ? Arrays.copyOf(block, 1) : out.toByteArray();
  }
}
