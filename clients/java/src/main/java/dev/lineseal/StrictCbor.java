package dev.lineseal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whether bytes are one strict DAG-CBOR item within the limits of an event: rules E1 of the event
 * format. One pass over the bytes, before {@link DagCbor} has a library read them: no CBOR library
 * for Java knows this profile.
 */
final class StrictCbor {
  static final int MAX_BLOCK = 1 << 20;
  static final int MAX_DEPTH = 24;

  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final byte[] CID_HEAD = {0x58, 37, 0, 1};

  private final byte[] block;
  private int at;
  private int major;
  private int info;
  private long argument;

  private StrictCbor(byte[] block) {
    this.block = block;
  }

  static void check(byte[] block) {
    StrictCbor scan = new StrictCbor(block);
    if (block.length > MAX_BLOCK) {
      throw scan.wrong("a block has at most " + MAX_BLOCK + " bytes, not " + block.length);
    }
    scan.item(0);
    if (scan.at != block.length) {
      throw scan.wrong("something follows the item");
    }
  }

  private void item(int depth) {
    head();
    switch (major) {
      case 0 -> {}
      case 1 -> require(argument >= 0, "an integer is below -2^63");
      case BYTES -> skip(argument);
      case TEXT -> text();
      case 4 -> list(depth + 1);
      case 5 -> map(depth + 1);
      case 6 -> link();
      default -> simple();
    }
  }

  private void head() {
    require(at < block.length, "the block ends too early");
    int initial = block[at++] & 0xff;
    major = initial >> 5;
    info = initial & 31;
    if (info < 24) {
      argument = info;
      return;
    }
    require(info < 28, "a length is indefinite, or a head reserved");
    int width = 1 << info - 24;
    require(width <= block.length - at, "the block ends too early");
    argument = 0;
    for (int i = 0; i < width; i++) {
      argument = argument << 8 | block[at++] & 0xff;
    }
    if (major != 7) {
      long least = width == 1 ? 24 : 1L << width * 4;
      require(Long.compareUnsigned(argument, least) >= 0, "a head is longer than it needs to be");
    }
  }

  private void skip(long length) {
    require(Long.compareUnsigned(length, block.length - at) <= 0, "the block ends too early");
    at += (int) length;
  }

  private void text() {
    int start = at;
    skip(argument);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(block, start, at - start));
    } catch (CharacterCodingException wrong) {
      throw wrong("a text is not UTF-8");
    }
  }

  private void list(int depth) {
    long count = count(depth, 1);
    for (long i = 0; i < count; i++) {
      item(depth);
    }
  }

  private void map(int depth) {
    long count = count(depth, 2);
    int before = 0;
    int length = -1;
    for (long i = 0; i < count; i++) {
      head();
      require(major == TEXT, "a key is no text");
      int start = at;
      text();
      int order = Integer.compare(length, at - start);
      if (order == 0) {
        order = Arrays.compareUnsigned(block, before, before + length, block, start, at);
      }
      require(order != 0, "a key stands twice in a map");
      require(order < 0, "keys of a map are out of order");
      before = start;
      length = at - start;
      item(depth);
    }
  }

  /** The items of a list or map, each of so many bytes at least. */
  private long count(int depth, int least) {
    require(depth <= MAX_DEPTH, "maps and lists are more than " + MAX_DEPTH + " deep");
    int room = (block.length - at) / least;
    require(Long.compareUnsigned(argument, room) <= 0, "the block ends too early");
    return argument;
  }

  private void link() {
    require(argument == 42, "a tag is not 42");
    boolean headed =
        block.length - at >= CID_HEAD.length
            && Arrays.equals(block, at, at + CID_HEAD.length, CID_HEAD, 0, CID_HEAD.length);
    require(headed && block.length - at >= 39, "a link is no CID of version 1");
    require(
        Link.of(Arrays.copyOfRange(block, at + 3, at + 39)) != null,
        "a link is of an unknown kind");
    at += 39;
  }

  private void simple() {
    if (info == 27) {
      double value = Double.longBitsToDouble(argument);
      require(Double.isFinite(value), "a float is not finite");
      require(argument != Long.MIN_VALUE, "-0.0 is not in a block");
      return;
    }
    require(info >= 20 && info <= 22, "a simple value or a float of fewer than 64 bits");
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw wrong(otherwise);
    }
  }

  private LinesealException wrong(String what) {
    return LinesealException.of(
            "ENCODING", "not canonical DAG-CBOR: " + what + " (byte " + at + ")")
        .position(at)
        .build();
  }
}
