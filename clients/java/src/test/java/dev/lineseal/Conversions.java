package dev.lineseal;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The vectors of conversions, for the values that Java has too. */
final class Conversions {
  private static final Set<String> PYTHON =
      Set.of(
          "pandas_timestamp",
          "numpy_array",
          "numpy_scalar",
          "named_tuple",
          "dataclass",
          "enum",
          "complex",
          "path_bytes");

  private Conversions() {}

  /** Why a case is not covered, or null. */
  static String run(JsonNode given) {
    String text = given.get("input").toString();
    for (String tag : PYTHON) {
      if (text.contains("\"" + tag + "\"")) {
        return "Java has no " + tag + " that is made by name";
      }
    }
    Object input = build(given.get("input"));
    String field = given.path("field").asText("x");
    if (!field.equals("x") && !(input instanceof OffsetDateTime)) {
      return "started_at takes an Instant, and nothing else compiles";
    }
    if (given.get("accept").booleanValue()) {
      Map<?, ?> payload =
          (Map<?, ?>) Expected.content(draft(field, input), List.of()).get("payload");
      Object output = Tagged.value(given.get("output"), UnaryOperator.identity());
      Vectors.require(Same.same(output, payload.get(field)), "gives " + payload.get(field));
      return null;
    }
    LinesealException refusal = Vectors.refused(() -> draft(field, input));
    String path = "payload." + field + given.get("path").textValue();
    Vectors.require(refusal.path().startsWith(path), "is refused at " + refusal.path());
    return null;
  }

  private static dev.lineseal.v1.EventDraft draft(String field, Object input) {
    if (field.equals("x")) {
      return Draft.custom("a/b").put("x", input).build().message();
    }
    Instant time = ((OffsetDateTime) input).toInstant();
    return Draft.training("r", "m").startedAt(time).build().message();
  }

  private static Object build(JsonNode given) {
    if (given.isArray()) {
      List<Object> items = new ArrayList<>();
      given.forEach(item -> items.add(build(item)));
      return items;
    }
    if (!given.isObject()) {
      return Tagged.value(given, UnaryOperator.identity());
    }
    Map.Entry<String, JsonNode> only = given.properties().iterator().next();
    JsonNode inside = only.getValue();
    return switch (only.getKey()) {
      case "map" -> {
        Map<String, Object> map = new LinkedHashMap<>();
        inside.properties().forEach(entry -> map.put(entry.getKey(), build(entry.getValue())));
        yield map;
      }
      case "pairs" -> {
        Map<Object, Object> map = new HashMap<>();
        inside.forEach(pair -> map.put(build(pair.get(0)), build(pair.get(1))));
        yield map;
      }
      case "tuple" -> ((List<?>) build(inside)).toArray();
      case "set", "frozenset" -> Set.copyOf((List<?>) build(inside));
      default -> scalar(only.getKey(), inside);
    };
  }

  private static Object scalar(String tag, JsonNode inside) {
    String text = inside.asText();
    return switch (tag) {
      case "bytearray" -> HexFormat.of().parseHex(text);
      case "memoryview" -> ByteBuffer.wrap(HexFormat.of().parseHex(text));
      case "datetime" ->
          text.matches(".*T.*[+-].*") ? OffsetDateTime.parse(text) : LocalDateTime.parse(text);
      case "datetime_in_zone" -> zoned(inside);
      case "date" -> LocalDate.parse(text);
      case "time_of_day" -> LocalTime.parse(text);
      case "path" -> Path.of(text);
      case "surrogate" -> String.valueOf((char) Integer.parseInt(text, 16));
      case "decimal" -> new BigDecimal(text);
      case "timedelta" -> Duration.ofNanos(inside.longValue() * 1_000);
      case "object" -> new Object();
      case "function" -> (Runnable) () -> {};
      case "class" -> BigInteger.class;
      case "generator" -> List.of(1).iterator();
      default ->
          Tagged.value(Tagged.JSON.createObjectNode().set(tag, inside), UnaryOperator.identity());
    };
  }

  private static ZonedDateTime zoned(JsonNode given) {
    ZonedDateTime time =
        LocalDateTime.parse(given.get(0).textValue()).atZone(ZoneId.of(given.get(1).textValue()));
    return given.size() > 2 ? time.withLaterOffsetAtOverlap() : time;
  }
}
