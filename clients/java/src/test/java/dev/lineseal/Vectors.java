package dev.lineseal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The vectors of {@code tests/spec/vectors}, as far as a client goes that makes no blocks: it reads
 * them, to the levels frame and envelope, and knows what a draft's block must say.
 */
final class Vectors {
  private static final List<String> FILES =
      List.of("frame", "envelope", "values", "records", "drafts", "conversions", "checksums");

  private int passed;
  private int failed;

  private Vectors() {}

  /** Prints each failure, what is not covered, and the sum; 1 when anything failed. */
  static int run(Path folder) {
    Vectors vectors = new Vectors();
    for (String file : FILES) {
      JsonNode all = Tagged.file(folder.resolve(file + ".json"));
      for (JsonNode one : all.get("cases")) {
        vectors.one(all.get("kind").textValue(), one);
      }
    }
    System.out.println(vectors.passed + " passed, " + vectors.failed + " failed");
    return vectors.failed == 0 ? 0 : 1;
  }

  private void one(String kind, JsonNode given) {
    String name = given.get("name").textValue();
    try {
      String uncovered =
          switch (kind) {
            case "blocks" -> block(given);
            case "drafts" -> JsonDrafts.run(given);
            case "conversions" -> Conversions.run(given);
            default -> "no checksums are made here";
          };
      if (uncovered != null) {
        System.out.println("not covered: " + name + ": " + uncovered);
      } else {
        passed++;
      }
    } catch (RuntimeException | AssertionError wrong) {
      System.out.println("FAILED: " + name + ": " + wrong);
      failed++;
    }
  }

  private static String block(JsonNode given) {
    byte[] block = bytes(given.get("block"));
    String level = given.path("level").asText("none");
    if (level.equals("frame")) {
      refused(() -> Envelope.read(block));
      return null;
    }
    Envelope envelope = Envelope.read(block);
    if (level.equals("envelope")) {
      if (!envelope.isNewer()) {
        refused(envelope::check);
      }
      return null;
    }
    require(!envelope.isNewer(), "a newer version");
    envelope.check();
    if (level.equals("record")) {
      return "the level record, which only the server judges (frame and envelope accept it,"
          + " as they must)";
    }
    accepted(given, block, envelope);
    return null;
  }

  private static void accepted(JsonNode given, byte[] block, Envelope envelope) {
    String hash = Names.hash(block);
    require(hash.equals(given.get("hash").textValue()), "another hash: " + hash);
    String cid = Link.ofDigest(Names.CODEC_EVENT, hash).toString();
    require(cid.equals(given.get("cid").textValue()), "another CID: " + cid);
    require(Names.full(cid).equals(hash), "the CID is not read back");
    if (given.has("content")) {
      Object content = Tagged.value(given.get("content"), UnaryOperator.identity());
      require(Same.same(content, envelope.content()), "other content: " + envelope.content());
    }
  }

  /** The bytes of hex, or of a list of parts. */
  static byte[] bytes(JsonNode given) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (JsonNode part : given.isArray() ? given : List.of(given)) {
      if (part.isTextual()) {
        out.writeBytes(HexFormat.of().parseHex(part.textValue()));
        continue;
      }
      for (int i = 0; i < part.get("times").intValue(); i++) {
        out.writeBytes(
            HexFormat.of().parseHex(part.path("repeat").asText(part.path("prefix").asText())));
        int width = part.path("counter").asInt(0);
        byte[] counter = ByteBuffer.allocate(64).putInt(60, i).array();
        out.writeBytes(Arrays.copyOfRange(counter, 64 - width, 64));
      }
    }
    return out.toByteArray();
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  static LinesealException refused(Runnable call) {
    try {
      call.run();
    } catch (LinesealException refusal) {
      return refusal;
    }
    throw new AssertionError("it was not refused");
  }
}
