package dev.lineseal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The vectors of drafts: what a draft of the client's builders must say as a block. */
final class JsonDrafts {
  private JsonDrafts() {}

  /** Why a case is not covered, or null. */
  static String run(JsonNode given) {
    if (!given.get("accept").booleanValue()) {
      return "the client sends typed drafts, which the server refuses";
    }
    Draft draft = draft(given.get("draft"));
    List<String> positions = new ArrayList<>();
    given.path("positions").forEach(hash -> positions.add(hash.textValue()));
    byte[] block = Vectors.bytes(given.get("block"));
    Object content = Expected.content(draft.message(), positions);
    Vectors.require(Same.same(content, DagCbor.read(block)), "the draft says " + content);
    Vectors.require(Arrays.equals(block, draft.block(positions)), "the block is another");
    Vectors.require(
        draft.hash(positions).equals(given.get("hash").textValue()), "the hash is another");
    return null;
  }

  @SuppressWarnings("unchecked")
  private static Draft draft(JsonNode given) {
    Vectors.require(given.isTextual(), "a draft in parts");
    JsonNode json;
    try {
      json = Tagged.JSON.readTree(given.textValue());
    } catch (JsonProcessingException broken) {
      throw new IllegalArgumentException(broken);
    }
    Map<String, Object> fields = (Map<String, Object>) value(json.get("record"));
    String type = json.get("type").textValue();
    if (fields.get("metrics") instanceof Map<?, ?> metrics && !type.contains("/")) {
      Map<String, Object> numbers = new LinkedHashMap<>();
      metrics.forEach((name, number) -> numbers.put((String) name, number(number)));
      fields.put("metrics", numbers);
    }
    DraftBuilder<?> builder = Drafts.begun(type, fields);
    if (json.hasNonNull("time")) {
      builder.timeMicros(json.get("time").longValue());
    }
    builder.actor(json.path("actor").asText(""));
    if (json.path("no_parents").booleanValue()) {
      builder.noParents();
    }
    for (JsonNode parent : json.path("parents")) {
      String role = parent.path("role").asText("");
      if (parent.has("hash")) {
        builder.parent(parent.get("hash").textValue(), role.equals("null") ? "" : role);
      } else {
        builder.parentAt(parent.get("position").intValue(), role);
      }
    }
    return builder.build();
  }

  private static Object number(Object given) {
    return given instanceof Map<?, ?> form
        ? Double.valueOf((String) form.get("lineseal:float"))
        : given;
  }

  private static Object value(JsonNode json) {
    if (json.isObject() && json.size() == 1 && json.has("/")) {
      JsonNode inside = json.get("/");
      return inside.isTextual()
          ? Link.parse(inside.textValue())
          : Base64.getDecoder().decode(inside.get("bytes").textValue());
    }
    if (json.isObject()) {
      Map<String, Object> map = new LinkedHashMap<>();
      json.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
      return map;
    }
    if (json.isArray()) {
      List<Object> list = new ArrayList<>();
      json.forEach(item -> list.add(value(item)));
      return list;
    }
    if (json.isIntegralNumber()) {
      return json.canConvertToLong() ? (Object) json.longValue() : json.bigIntegerValue();
    }
    return json.isNull()
        ? null
        : json.isBoolean()
            ? (Object) json.booleanValue()
            : json.isNumber() ? (Object) json.doubleValue() : json.textValue();
  }
}
