package dev.lineseal;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.lineseal.v1.CustomRecord;
import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.GapRecord;
import dev.lineseal.v1.Parent;
import dev.lineseal.v1.Value;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a draft's block must say, by rules E8 to E13 of the event format, so that its hash is known
 * before the server says it. The names of fields are those of the messages.
 */
final class Expected {
  private static final Comparator<String> BY_BYTES =
      (one, other) ->
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

  private Expected() {}

  /** The content of the block; positions of parents are places among the batch's earlier events. */
  static Map<String, Object> content(EventDraft draft, List<String> earlier) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("v", 1L);
    FieldDescriptor which =
        draft.getOneofFieldDescriptor(
            EventDraft.getDescriptor().getOneofs().stream()
                .filter(oneof -> oneof.getName().equals("record"))
                .findFirst()
                .orElseThrow());
    Message record = (Message) draft.getField(which);
    content.put(
        "type",
        record instanceof CustomRecord custom
            ? custom.getType()
            : record instanceof GapRecord ? "lineseal/gap" : which.getName());
    if (draft.hasTime()) {
      content.put("time", draft.getTime());
    }
    if (!draft.getActor().isEmpty()) {
      content.put("actor", draft.getActor());
    }
    parents(content, draft, earlier);
    content.put("payload", record instanceof CustomRecord custom ? custom(custom) : fields(record));
    return content;
  }

  private static void parents(Map<String, Object> content, EventDraft draft, List<String> earlier) {
    List<List<String>> pairs = new ArrayList<>();
    for (Parent parent : draft.getParentsList()) {
      String hash =
          parent.hasPosition()
              ? earlier(parent.getPosition(), earlier, pairs.size())
              : Names.hex(parent.getHash());
      boolean of = draft.hasFeedback() && parent.getRole().isEmpty();
      pairs.add(List.of(hash, of ? "of" : parent.getRole()));
    }
    // Hex sorts as its bytes do, and roles are ASCII.
    pairs.sort(
        Comparator.<List<String>, String>comparing(pair -> pair.get(0))
            .thenComparing(pair -> pair.get(1)));
    content.put(
        "parents",
        pairs.stream().map(pair -> Link.ofDigest(Names.CODEC_EVENT, pair.get(0))).toList());
    if (pairs.stream().anyMatch(pair -> !pair.get(1).isEmpty())) {
      content.put("roles", pairs.stream().map(pair -> pair.get(1)).toList());
    }
  }

  private static String earlier(int position, List<String> earlier, int parent) {
    if (position < 0 || position >= earlier.size()) {
      String path = "parents[" + parent + "].position";
      throw Values.refused(
          path, "no earlier event of the batch stands at " + position, "Record parents first");
    }
    return earlier.get(position);
  }

  private static Map<String, Object> custom(CustomRecord record) {
    Map<String, Object> payload = new LinkedHashMap<>();
    record.getPayloadMap().forEach((key, item) -> payload.put(key, value(item)));
    if (payload.get("ids") instanceof List<?> ids) {
      payload.put("ids", sorted(ids));
    }
    if (payload.containsKey("ids")
        && (payload.get("ids") == null || List.of().equals(payload.get("ids")))) {
      payload.remove("ids");
    }
    return payload;
  }

  private static Map<String, Object> fields(Message record) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (FieldDescriptor field : record.getDescriptorForType().getFields()) {
      Object given = field.hasPresence() && !record.hasField(field) ? null : field(record, field);
      boolean empty =
          given == null && !isAny(field)
              || "".equals(given)
              || List.of().equals(given)
              || Map.of().equals(given) && !field.getName().equals("values");
      if (isAny(field) ? record.hasField(field) : !empty) {
        fields.put(field.getName(), given);
      }
    }
    return fields;
  }

  private static Object field(Message record, FieldDescriptor field) {
    Object given = record.getField(field);
    if (field.isMapField()) {
      Map<String, Object> entries = new LinkedHashMap<>();
      FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
      FieldDescriptor item = field.getMessageType().findFieldByNumber(2);
      for (Object entry : (List<?>) given) {
        Message pair = (Message) entry;
        Object inside = pair.getField(item);
        entries.put(
            (String) pair.getField(key),
            inside instanceof Value value ? value(value) : real((Double) inside));
      }
      return entries;
    }
    return given instanceof List<?> ids
        ? sorted(ids)
        : given instanceof Value value
            ? value(value)
            : given instanceof Message code ? fields(code) : given;
  }

  private static boolean isAny(FieldDescriptor field) {
    return !field.isRepeated()
        && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && field.getMessageType().equals(Value.getDescriptor());
  }

  private static List<?> sorted(List<?> ids) {
    boolean texts = ids.stream().allMatch(String.class::isInstance);
    return texts ? ids.stream().map(String.class::cast).sorted(BY_BYTES).toList() : ids;
  }

  private static Object value(Value value) {
    return switch (value.getKindCase()) {
      case BOOL_VALUE -> value.getBoolValue();
      case INT_VALUE -> value.getIntValue();
      case UINT_VALUE -> integer(value.getUintValue());
      case DOUBLE_VALUE -> real(value.getDoubleValue());
      case TEXT_VALUE -> value.getTextValue();
      case BYTES_VALUE -> value.getBytesValue().toByteArray();
      case LINK_VALUE -> Link.of(value.getLinkValue().toByteArray());
      case LIST_VALUE -> list(value.getListValue().getItemsList());
      case MAP_VALUE -> map(value.getMapValue().getEntriesMap());
      case NULL_VALUE, KIND_NOT_SET -> null;
    };
  }

  private static Object integer(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  private static Object real(double number) {
    if (Double.isFinite(number)) {
      return number + 0.0; // -0.0 becomes 0.0.
    }
    String name = Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    return Map.of("lineseal:float", name);
  }

  private static List<Object> list(List<Value> items) {
    List<Object> made = new ArrayList<>();
    items.forEach(item -> made.add(value(item)));
    return made;
  }

  private static Map<String, Object> map(Map<String, Value> entries) {
    Map<String, Object> made = new LinkedHashMap<>();
    entries.forEach((key, item) -> made.put(key, value(item)));
    return made;
  }
}
