package dev.lineseal;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The history of {@code tests/interop}, built with the client's own drafts. */
final class History {
    private static final Set<String> REQUIRED =
            Set.of("dataset.name", "hyperparameters.values", "training.run_id", "training.model_name", "model.name",
                    "deployment.name", "feedback.value", "approval.decision", "lineseal/gap.stream",
                    "lineseal/gap.first_seq", "lineseal/gap.last_seq", "lineseal/gap.count", "lineseal/gap.reason");

    private final JsonNode file;

    History(Path path) {
        file = Tagged.file(path);
    }

    JsonNode events() {
        return file.get("events");
    }

    /** Records everything; what is refused has its code instead of a hash. */
    Map<String, String> record(Client client) {
        Map<String, String> hashes = new LinkedHashMap<>();
        for (JsonNode event : events()) {
            hashes.put(event.get("name").textValue(), client.record(draft(event, hashes)).hash());
        }
        for (JsonNode event : file.get("refused")) {
            String name = event.get("name").textValue();
            try {
                hashes.put(name, client.record(draft(event, hashes)).hash());
            } catch (LinesealException refusal) {
                hashes.put(name, refusal.code());
            }
        }
        return hashes;
    }

    static Draft draft(JsonNode event, Map<String, String> hashes) {
        String type = event.get("type").textValue();
        Map<String, Object> fields = new LinkedHashMap<>();
        event.get("fields").properties().forEach(entry ->
                fields.put(entry.getKey(), Tagged.value(entry.getValue(), text -> text.replace("<lang>", "java"))));
        DraftBuilder<?> builder = begun(type, fields);
        fields.forEach((name, value) -> {
            if (!REQUIRED.contains(type + "." + name)) {
                set(builder, name, value);
            }
        });
        if (event.has("time")) {
            builder.timeMicros(event.get("time").longValue());
        }
        if (event.has("actor")) {
            builder.actor(event.get("actor").textValue().replace("<lang>", "java"));
        }
        for (JsonNode parent : event.path("parents")) {
            String hash = parent.has("hash") ? parent.get("hash").textValue() : hashes.get(parent.get("event").textValue());
            builder.parent(hash, parent.path("role").asText(""));
        }
        if (event.path("no_parents").booleanValue()) {
            builder.noParents();
        }
        return builder.build();
    }

    @SuppressWarnings("unchecked")
    private static DraftBuilder<?> begun(String type, Map<String, Object> fields) {
        return switch (type) {
            case "dataset" -> Draft.dataset((String) fields.get("name"));
            case "hyperparameters" -> Draft.hyperparameters((Map<String, Object>) fields.get("values"));
            case "training" -> Draft.training((String) fields.get("run_id"), (String) fields.get("model_name"));
            case "model" -> Draft.model((String) fields.get("name"));
            case "evaluation" -> Draft.evaluation();
            case "deployment" -> Draft.deployment((String) fields.get("name"));
            case "prediction" -> Draft.prediction();
            case "feedback" -> Draft.feedback(fields.get("value"));
            case "approval" -> Draft.approval((String) fields.get("decision"));
            case "lineseal/gap" -> Draft.gap((String) fields.get("stream"), (Long) fields.get("first_seq"),
                    (Long) fields.get("last_seq"), (Long) fields.get("count"), (String) fields.get("reason"));
            default -> Draft.custom(type);
        };
    }

    @SuppressWarnings("unchecked")
    private static void set(DraftBuilder<?> builder, String name, Object value) {
        if (builder instanceof CustomBuilder custom) {
            custom.put(name, value);
        } else if (name.equals("ids")) {
            builder.id(((List<String>) value).toArray(String[]::new));
        } else if (name.equals("code")) {
            Map<String, Object> code = (Map<String, Object>) value;
            ((TrainingBuilder) builder).code((String) code.get("uri"), (String) code.get("revision"), (Boolean) code.get("dirty"));
        } else {
            call(builder, name, name.endsWith("_at") ? Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS) : value);
        }
    }

    /** Calls the method of a field: num_rows is numRows. */
    private static void call(DraftBuilder<?> builder, String name, Object value) {
        String[] words = name.split("_");
        StringBuilder method = new StringBuilder(words[0]);
        Arrays.stream(words).skip(1).forEach(word -> method.append(word.substring(0, 1).toUpperCase()).append(word.substring(1)));
        Method found = Arrays.stream(builder.getClass().getMethods())
                .filter(one -> one.getName().contentEquals(method) && one.getParameterCount() == 1)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(builder.getClass() + " has no " + method));
        try {
            found.invoke(builder, value);
        } catch (InvocationTargetException refused) {
            throw (RuntimeException) refused.getCause();
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException(closed);
        }
    }
}
