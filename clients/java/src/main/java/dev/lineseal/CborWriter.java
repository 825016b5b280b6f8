package dev.lineseal;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The one DAG-CBOR form of a value: what a draft's block must be, to know its hash before the
 * server says it. Nothing that is verified goes through here, and no block made here is sent.
 */
final class CborWriter {
  private static final Comparator<byte[]> BY_LENGTH =
      Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  private CborWriter() {}

  static byte[] bytes(Object value) {
    CborWriter writer = new CborWriter();
    writer.write(value);
    return writer.out.toByteArray();
  }

  private void write(Object value) {
    if (value == null) {
      out.write(0xf6);
    } else if (value instanceof Boolean bool) {
      out.write(bool ? 0xf5 : 0xf4);
    } else if (value instanceof Long number) {
      head(number < 0 ? 1 : 0, number < 0 ? ~number : number);
    } else if (value instanceof BigInteger number) {
      head(0, number.longValue());
    } else if (value instanceof Double number) {
      out.write(0xfb);
      out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
    } else if (value instanceof String text) {
      string(3, text.getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof byte[] bytes) {
      string(2, bytes);
    } else if (value instanceof Link link) {
      head(6, 42);
      head(2, link.bytes().size() + 1L);
      out.write(0);
      out.writeBytes(link.bytes().toByteArray());
    } else if (value instanceof List<?> list) {
      head(4, list.size());
      list.forEach(this::write);
    } else {
      map((Map<?, ?>) value);
    }
  }

  private void map(Map<?, ?> map) {
    head(5, map.size());
    map.entrySet().stream()
        .map(
            entry ->
                Map.entry(
                    ((String) entry.getKey()).getBytes(StandardCharsets.UTF_8),
                    new Object[] {entry.getValue()}))
        .sorted(Map.Entry.comparingByKey(BY_LENGTH))
        .forEach(
            entry -> {
              string(3, entry.getKey());
              write(entry.getValue()[0]);
            });
  }

  private void string(int major, byte[] bytes) {
    head(major, bytes.length);
    out.writeBytes(bytes);
  }

  /** The shortest head; the argument is unsigned. */
  private void head(int major, long argument) {
    if (argument >= 0 && argument < 24) {
      out.write(major << 5 | (int) argument);
      return;
    }
    int size =
        argument < 0 || argument > 0xffff_ffffL
            ? 3
            : argument > 0xffff ? 2 : argument > 0xff ? 1 : 0;
    out.write(major << 5 | 24 + size);
    for (int shift = (8 << size) - 8; shift >= 0; shift -= 8) {
      out.write((int) (argument >> shift));
    }
  }
}
