package dev.lineseal;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The history of {@code tests/interop}, recorded through the client's own drafts. */
final class History {
  private final JsonNode file;

  History(Path path) {
    file = Tagged.file(path);
  }

  /** Records everything; what is refused has its code instead of a hash. */
  Map<String, String> record(Client client) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (JsonNode event : file.get("events")) {
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

  private static Draft draft(JsonNode event, Map<String, String> hashes) {
    Map<String, Object> fields = new LinkedHashMap<>();
    event
        .get("fields")
        .properties()
        .forEach(
            entry -> fields.put(entry.getKey(), Tagged.value(entry.getValue(), History::named)));
    DraftBuilder<?> builder = Drafts.begun(event.get("type").textValue(), fields);
    if (event.has("time")) {
      builder.timeMicros(event.get("time").longValue());
    }
    if (event.has("actor")) {
      builder.actor(named(event.get("actor").textValue()));
    }
    for (JsonNode parent : event.path("parents")) {
      String hash =
          parent.has("hash")
              ? parent.get("hash").textValue()
              : hashes.get(parent.get("event").textValue());
      builder.parent(hash, parent.path("role").asText(""));
    }
    if (event.path("no_parents").booleanValue()) {
      builder.noParents();
    }
    return builder.build();
  }

  private static String named(String text) {
    return text.replace("<lang>", "java");
  }
}
