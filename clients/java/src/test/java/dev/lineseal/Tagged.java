package dev.lineseal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The tagged values of {@code tests/spec/vectors/README.md}, in JSON with exact integers. */
final class Tagged {
  static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  private Tagged() {}

  static JsonNode file(Path path) {
    try {
      return JSON.readTree(path.toFile());
    } catch (IOException unread) {
      throw new UncheckedIOException(unread);
    }
  }

  /** What a tagged value stands for; texts, but no keys, go through a function. */
  static Object value(JsonNode given, UnaryOperator<String> text) {
    if (given.isObject()) {
      Map.Entry<String, JsonNode> only = given.properties().iterator().next();
      return tagged(only.getKey(), only.getValue(), text);
    }
    if (given.isArray()) {
      List<Object> items = new ArrayList<>();
      given.forEach(item -> items.add(value(item, text)));
      return items;
    }
    if (given.isIntegralNumber()) {
      return given.canConvertToLong() ? (Object) given.longValue() : given.bigIntegerValue();
    }
    return given.isNull()
        ? null
        : given.isBoolean() ? (Object) given.booleanValue() : text.apply(given.textValue());
  }

  private static Object tagged(String tag, JsonNode inside, UnaryOperator<String> text) {
    return switch (tag) {
      case "map" -> {
        Map<String, Object> map = new LinkedHashMap<>();
        inside
            .properties()
            .forEach(entry -> map.put(entry.getKey(), value(entry.getValue(), text)));
        yield map;
      }
      case "float" -> Double.longBitsToDouble(Long.parseUnsignedLong(inside.textValue(), 16));
      case "bytes" -> HexFormat.of().parseHex(inside.textValue());
      case "link" -> Link.parse(inside.textValue());
      case "tensor" -> tensor(inside);
      default -> throw new IllegalArgumentException("no tag: " + tag);
    };
  }

  private static Tensor tensor(JsonNode given) {
    List<Long> shape = new ArrayList<>();
    given.get("shape").forEach(length -> shape.add(length.longValue()));
    return new Tensor(
        given.get("dtype").textValue(),
        shape,
        HexFormat.of().parseHex(given.get("data").textValue()));
  }
}
