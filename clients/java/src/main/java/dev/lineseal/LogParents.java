package dev.lineseal;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** What the predictions of a logger are made from, looked up once. */
final class LogParents {
  private static final System.Logger LOG = System.getLogger(PredictionLogger.class.getName());
  private static final int LISTED = 10;

  /** What looking up a hash may take: a logger starts without it, too. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private LogParents() {}

  /** Makes the ledger where it is not there yet, if anybody answers. */
  static void meet(Client client) {
    try {
      client.meet(LOOK);
    } catch (LinesealException refusal) {
      if (!isAway(refusal)) {
        throw refusal;
      }
      LOG.log(
          System.Logger.Level.WARNING, "rows will wait for the server: {0}", refusal.getMessage());
    }
  }

  private static boolean isAway(LinesealException refusal) {
    return refusal.isRetryable() || refusal.code().equals("TIMEOUT");
  }

  /** The hash of the event that a name stands for: a hash, model:name@version, deployment:name. */
  static String resolved(Client client, String name) {
    int colon = name.indexOf(':');
    if (colon >= 0) {
      return found(client, name, name.substring(0, colon), name.substring(colon + 1));
    }
    String full = Names.full(name);
    try {
      return full == null ? client.get(name).hash() : client.get(full, LOOK).hash();
    } catch (LinesealException refusal) {
      if (full == null || !isAway(refusal)) {
        throw refusal;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "the parent could not be looked up, and is taken as given: {0}",
          refusal.getMessage());
      return full;
    }
  }

  private static String found(Client client, String name, String kind, String text) {
    Client.Key key =
        switch (kind) {
          case "model" -> Client.Key.MODEL;
          case "deployment" -> Client.Key.DEPLOYMENT;
          default ->
              throw LinesealException.of(
                      "INVALID_ARGUMENT", "the parent \"" + name + "\" is of no known kind")
                  .field("parents")
                  .remedy("Give a hash, model:name@version or deployment:name")
                  .build();
        };
    List<Event> events = client.find(key, text, LISTED + 1);
    if (events.size() == 1) {
      return events.get(0).hash();
    }
    if (events.isEmpty()) {
      throw LinesealException.of("EVENT_NOT_FOUND", "the ledger holds no " + name)
          .field("parents")
          .remedy("Record the " + kind + " first, or see `lineseal events --type " + kind + "`")
          .build();
    }
    String listed =
        events.stream()
            .limit(LISTED)
            .map(event -> event.hash() + " (recorded " + event.recordedAt() + ")")
            .collect(Collectors.joining(", "));
    throw LinesealException.of(
            "AMBIGUOUS_HASH",
            name + " may be any of: " + listed + (events.size() > LISTED ? ", and more" : ""))
        .field("parents")
        .remedy("Give the hash of the one that is meant")
        .build();
  }
}
