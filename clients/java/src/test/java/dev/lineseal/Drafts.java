package dev.lineseal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Begins drafts with the client's builders, from a type and fields by their names in the format.
 */
final class Drafts {
  /** What a builder begins with. */
  private static final Set<String> REQUIRED =
      Set.of(
          "dataset.name",
          "hyperparameters.values",
          "training.run_id",
          "training.model_name",
          "model.name",
          "deployment.name",
          "feedback.value",
          "approval.decision",
          "lineseal/gap.stream",
          "lineseal/gap.first_seq",
          "lineseal/gap.last_seq",
          "lineseal/gap.count",
          "lineseal/gap.reason");

  private Drafts() {}

  static DraftBuilder<?> begun(String type, Map<String, Object> fields) {
    DraftBuilder<?> builder = begin(type, fields);
    fields.forEach(
        (name, value) -> {
          if (!REQUIRED.contains(type + "." + name)) {
            set(builder, name, value);
          }
        });
    return builder;
  }

  @SuppressWarnings("unchecked")
  private static DraftBuilder<?> begin(String type, Map<String, Object> fields) {
    return switch (type) {
      case "dataset" -> Draft.dataset((String) fields.get("name"));
      case "hyperparameters" -> Draft.hyperparameters((Map<String, Object>) fields.get("values"));
      case "training" ->
          Draft.training((String) fields.get("run_id"), (String) fields.get("model_name"));
      case "model" -> Draft.model((String) fields.get("name"));
      case "evaluation" -> Draft.evaluation();
      case "deployment" -> Draft.deployment((String) fields.get("name"));
      case "prediction" -> Draft.prediction();
      case "feedback" -> Draft.feedback(fields.get("value"));
      case "approval" -> Draft.approval((String) fields.get("decision"));
      case "lineseal/gap" ->
          Draft.gap(
              (String) fields.get("stream"),
              (Long) fields.get("first_seq"),
              (Long) fields.get("last_seq"),
              (Long) fields.get("count"),
              (String) fields.get("reason"));
      default -> Draft.custom(type);
    };
  }

  @SuppressWarnings("unchecked")
  private static void set(DraftBuilder<?> builder, String name, Object value) {
    boolean any = Set.of("inputs", "output").contains(name);
    if (builder instanceof CustomBuilder custom) {
      custom.put(name, value);
    } else if (value == null && !any) {
      return; // Absent, which a caller of the client says by not giving it.
    } else if (name.equals("ids")) {
      builder.id(((List<String>) value).toArray(String[]::new));
    } else if (name.equals("code")) {
      code((TrainingBuilder) builder, (Map<String, Object>) value);
    } else {
      call(
          builder,
          name,
          name.endsWith("_at") ? Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS) : value);
    }
  }

  private static void code(TrainingBuilder builder, Map<String, Object> code) {
    String uri = (String) code.get("uri");
    String revision = (String) code.get("revision");
    if (code.get("dirty") == null) {
      builder.code(uri, revision);
    } else {
      builder.code(uri, revision, (Boolean) code.get("dirty"));
    }
  }

  /** Calls the method of a field: num_rows is numRows. */
  private static void call(DraftBuilder<?> builder, String name, Object value) {
    String[] words = name.split("_");
    StringBuilder method = new StringBuilder(words[0]);
    Arrays.stream(words)
        .skip(1)
        .forEach(
            word -> method.append(word.substring(0, 1).toUpperCase()).append(word.substring(1)));
    Method found =
        Arrays.stream(builder.getClass().getMethods())
            .filter(one -> one.getName().contentEquals(method) && one.getParameterCount() == 1)
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException(builder.getClass() + " has no " + method));
    try {
      found.invoke(builder, value);
    } catch (InvocationTargetException refused) {
      throw (RuntimeException) refused.getCause();
    } catch (IllegalAccessException closed) {
      throw new IllegalStateException(closed);
    }
  }
}
