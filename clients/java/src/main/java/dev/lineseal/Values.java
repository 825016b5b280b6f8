package dev.lineseal;

import com.google.protobuf.ByteString;
import dev.lineseal.v1.ListValue;
import dev.lineseal.v1.MapValue;
import dev.lineseal.v1.NullValue;
import dev.lineseal.v1.Value;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Values of Java as values of events, by rules E8 of the event format. */
final class Values {
  /** Where a field's value stands: in the payload, which is in the event. */
  static final int DEPTH = 3;

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

  private Values() {}

  static Value of(Object value, String path, int depth) {
    Value.Builder made = Value.newBuilder();
    if (value == null) {
      made.setNullValue(NullValue.NULL_VALUE_UNSPECIFIED);
    } else if (value instanceof Boolean bool) {
      made.setBoolValue(bool);
    } else if (value instanceof Number number) {
      number(made, number, path);
    } else if (value instanceof CharSequence text) {
      made.setTextValue(text(text.toString(), path));
    } else if (value instanceof byte[] bytes) {
      made.setBytesValue(ByteString.copyFrom(bytes));
    } else if (value instanceof ByteBuffer bytes) {
      made.setBytesValue(ByteString.copyFrom(bytes.duplicate()));
    } else if (value instanceof Link link) {
      made.setLinkValue(link.bytes());
    } else if (value instanceof Map<?, ?> map) {
      made.setMapValue(MapValue.newBuilder().putAllEntries(map(map, path, depth)));
    } else if (value instanceof List<?> list) {
      made.setListValue(list(list, path, depth));
    } else if (value instanceof Tensor tensor) {
      made.setMapValue(tensor(tensor, path, depth));
    } else {
      return of(turned(value, path), path, depth);
    }
    return made.build();
  }

  /** What other kinds of objects stand for. */
  private static Object turned(Object value, String path) {
    if (Tensor.dtype(value) != null) {
      return Tensor.of(value);
    }
    if (value instanceof Object[] array) {
      return Arrays.asList(array);
    }
    if (value instanceof Instant
        || value instanceof OffsetDateTime
        || value instanceof ZonedDateTime) {
      return Times.text(value, path);
    }
    if (value instanceof LocalDate date && date.getYear() >= 1 && date.getYear() <= 9999) {
      return date.toString();
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof Path file) {
      return file.toString();
    }
    if (value instanceof Record fields) {
      return fields(fields, path);
    }
    throw refused(
        path,
        "a " + value.getClass().getTypeName() + " is no value of an event",
        "Convert it to numbers, text, bytes, lists and maps");
  }

  static Map<String, Value> map(Map<?, ?> map, String path, int depth) {
    deep(depth, path);
    Map<String, Value> entries = new LinkedHashMap<>();
    map.forEach(
        (key, item) -> {
          if (!(key instanceof String name)) {
            throw refused(path, "a key of a map is no text", "Convert the keys to strings");
          }
          String inside = inside(path, text(name, path));
          entries.put(name, of(item, inside, depth + 1));
        });
    return entries;
  }

  static String text(String text, String path) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (Character.isHighSurrogate(next)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(next)) {
        throw refused(path, "a text has a lone surrogate", "Give well-formed Unicode, or bytes");
      }
    }
    return text;
  }

  static LinesealException refused(String path, String what, String remedy) {
    return LinesealException.of("INVALID_RECORD", path + ": " + what)
        .path(path)
        .remedy(remedy)
        .build();
  }

  private static ListValue list(List<?> list, String path, int depth) {
    deep(depth, path);
    ListValue.Builder items = ListValue.newBuilder();
    int i = 0;
    for (Object item : list) {
      items.addItems(of(item, path + "[" + i++ + "]", depth + 1));
    }
    return items.build();
  }

  private static void number(Value.Builder made, Number number, String path) {
    if (number instanceof Double || number instanceof Float) {
      made.setDoubleValue(number.doubleValue());
    } else if (number instanceof BigInteger integer) {
      if (integer.bitLength() < 64) {
        made.setIntValue(integer.longValue());
      } else if (integer.signum() > 0 && integer.bitLength() == 64) {
        made.setUintValue(integer.longValue());
      } else {
        throw refused(path, "an integer is from -2^63 to 2^64-1", "Give it as text");
      }
    } else if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte) {
      made.setIntValue(number.longValue());
    } else {
      throw refused(
          path,
          "a " + number.getClass().getTypeName() + " is no number of an event",
          "Give a long, BigInteger or double, or text");
    }
  }

  private static MapValue tensor(Tensor tensor, String path, int depth) {
    Map<String, Object> fields =
        Map.of("dtype", tensor.dtype(), "shape", tensor.shape(), "data", tensor.data());
    return MapValue.newBuilder()
        .putAllEntries(map(Map.of("lineseal:tensor", fields), path, depth))
        .build();
  }

  private static Map<String, Object> fields(Record record, String path) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        fields.put(component.getName(), component.getAccessor().invoke(record));
      } catch (ReflectiveOperationException | RuntimeException closed) {
        throw refused(
            path,
            "the record " + record.getClass().getTypeName() + " cannot be read",
            "Give a map");
      }
    }
    return fields;
  }

  /** The path of an entry. */
  static String inside(String path, String key) {
    if (PLAIN.matcher(key).matches()) {
      return path + "." + key;
    }
    return path + "[\"" + key.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]";
  }

  private static void deep(int depth, String path) {
    if (depth > StrictCbor.MAX_DEPTH) {
      throw refused(
          path,
          "maps and lists are more than " + StrictCbor.MAX_DEPTH + " deep",
          "Flatten it, or give it as text");
    }
  }
}
