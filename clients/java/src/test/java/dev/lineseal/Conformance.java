package dev.lineseal;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The conformance program of {@code tests/interop/README.md}. */
public final class Conformance {
  private Conformance() {}

  /** Prints what the README says; exits with 1 where something does not hold, 2 for errors. */
  public static void main(String[] arguments) throws IOException {
    try {
      System.exit(
          arguments[0].equals("vectors") ? Vectors.run(Path.of(arguments[1])) : online(arguments));
    } catch (LinesealException refusal) {
      System.err.println("error: " + refusal.code() + ": " + refusal.getMessage());
      System.exit(2);
    }
  }

  private static int online(String[] arguments) throws IOException {
    try (Client client = Client.connect(arguments[1], arguments[2], Duration.ofSeconds(30))) {
      switch (arguments[0]) {
        case "record" ->
            print(new History(Path.of(System.getenv("LINESEAL_HISTORY"))).record(client));
        case "check" -> {
          return check(
              client,
              Tagged.JSON.readValue(System.in, new TypeReference<Map<String, String>>() {}));
        }
        case "log" -> print(log(client, arguments[3], Integer.parseInt(arguments[4])));
        default ->
            throw LinesealException.of("INVALID_ARGUMENT", "no verb: " + arguments[0]).build();
      }
    }
    return 0;
  }

  private static int check(Client client, Map<String, String> names) throws IOException {
    Map<String, Object> results = new LinkedHashMap<>();
    int failed = 0;
    for (Map.Entry<String, String> name : names.entrySet()) {
      try {
        List<String> ancestors = client.trace(name.getValue()).stream().map(Event::hash).toList();
        Report report = client.verify(name.getValue());
        results.put(
            name.getKey(),
            Map.of("ok", report.ok(), "checked", report.checked(), "ancestors", ancestors));
        failed |= report.ok() ? 0 : 1;
      } catch (LinesealException refusal) {
        String error = refusal.code() + ": " + refusal.getMessage();
        results.put(name.getKey(), Map.of("ok", false, "error", error));
        failed = 1;
      }
    }
    print(results);
    return failed;
  }

  private static Map<String, Object> log(Client client, String parent, int count) {
    List<PredictionLogger.Logged> rows = new ArrayList<>();
    try (PredictionLogger logger = PredictionLogger.builder(client).parent(parent).build()) {
      for (int i = 0; i < count; i++) {
        rows.add(logger.log(Draft.prediction().predictionId("java-" + i).output(i)));
      }
    }
    List<String> hashes = rows.stream().map(row -> row.receipt().join().hash()).toList();
    return Map.of("logged", count, "hashes", List.of(hashes.get(0), hashes.get(count - 1)));
  }

  private static void print(Object answer) throws IOException {
    System.out.println(Tagged.JSON.writeValueAsString(answer));
  }
}
