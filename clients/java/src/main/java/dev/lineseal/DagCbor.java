package dev.lineseal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads blocks. {@link StrictCbor} has looked at them first; the values are read by Jackson, into
 * null, Boolean, Long, BigInteger (beyond 2^63-1), Double, String, byte[], {@link Link}, List, Map.
 */
final class DagCbor {
  private static final CBORFactory FACTORY =
      CBORFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(StrictCbor.MAX_BLOCK)
                  .maxStringLength(StrictCbor.MAX_BLOCK)
                  .maxNestingDepth(StrictCbor.MAX_DEPTH + 1)
                  .build())
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private DagCbor() {}

  static Object read(byte[] block) {
    StrictCbor.check(block);
    try (CBORParser parser = FACTORY.createParser(block)) {
      parser.nextToken();
      return value(parser);
    } catch (IOException unread) {
      throw LinesealException.of("ENCODING", "the block cannot be read: " + unread.getMessage())
          .cause(unread)
          .build();
    }
  }

  private static Object value(CBORParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> map(parser);
      case START_ARRAY -> list(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_EMBEDDED_OBJECT -> bytes(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IOException("unexpected " + token);
    };
  }

  private static Object map(CBORParser parser) throws IOException {
    Map<String, Object> entries = new LinkedHashMap<>();
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      entries.put(key, value(parser));
    }
    return Collections.unmodifiableMap(entries);
  }

  private static Object list(CBORParser parser) throws IOException {
    List<Object> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(parser));
    }
    return Collections.unmodifiableList(items);
  }

  private static Object integer(CBORParser parser) throws IOException {
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      BigInteger value = parser.getBigIntegerValue();
      return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }
    return parser.getLongValue();
  }

  private static Object bytes(CBORParser parser) throws IOException {
    boolean link = parser.getCurrentTag() == 42;
    byte[] bytes = parser.getBinaryValue();
    return link ? Link.of(Arrays.copyOfRange(bytes, 1, bytes.length)) : bytes;
  }
}
