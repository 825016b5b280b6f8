package dev.lineseal;

import dev.lineseal.v1.FindEventsRequest;
import dev.lineseal.v1.FindEventsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds events by what people call them. That one is left out, no client can see. */
final class Find {
  private final Connection connection;
  private final Answers answers;
  private final String ledger;

  Find(Connection connection, Answers answers, String ledger) {
    this.connection = connection;
    this.answers = answers;
    this.ledger = ledger;
  }

  /** Events newest first, at most so many; each has the key, by its own block. */
  List<Event> events(Client.Key key, String text, int limit) {
    FindEventsRequest.Builder request = FindEventsRequest.newBuilder().setLedger(ledger);
    request.setField(FindEventsRequest.getDescriptor().findFieldByName(key.field()), text);
    List<Event> found = new ArrayList<>();
    while (found.size() < limit) {
      FindEventsRequest page = request.setPageSize(Math.min(limit - found.size(), 10_000)).build();
      FindEventsResponse answer = connection.ask(stub -> stub.findEvents(page));
      for (dev.lineseal.v1.Event row : answer.getEventsList()) {
        Event event = asked(row, key, text, found);
        if (found.size() < limit) {
          found.add(event);
        }
      }
      if (answer.getNextPageToken().isEmpty()) {
        break;
      }
      if (answer.getEventsCount() == 0) {
        throw answers.lie("sent an empty page and says that there are more", null);
      }
      request.setPageToken(answer.getNextPageToken());
    }
    return found;
  }

  /** The event that a server sent, where it may stand behind those that are found. */
  private Event asked(dev.lineseal.v1.Event row, Client.Key key, String text, List<Event> found) {
    Event event = answers.event(row);
    long before = found.isEmpty() ? -1 : found.get(found.size() - 1).index();
    if (!has(event, key, text) || Long.compareUnsigned(event.index(), before) >= 0) {
      throw answers.lie(
          "was asked for "
              + key.field()
              + " \""
              + text
              + "\" and sent event "
              + event.hash()
              + ", which was not asked for, or is out of order",
          event.hash());
    }
    return event;
  }

  private static boolean has(Event event, Client.Key key, String text) {
    Map<String, Object> payload = event.payload();
    boolean named =
        text.equals(payload.get("name"))
            || payload.get("version") instanceof String version
                && text.equals(payload.get("name") + "@" + version);
    return switch (key) {
      case PREDICTION_ID -> is(event, "prediction") && text.equals(payload.get("prediction_id"));
      case RUN_ID -> is(event, "training") && text.equals(payload.get("run_id"));
      case MODEL -> is(event, "model") && named;
      case DATASET -> is(event, "dataset") && named;
      case DEPLOYMENT -> is(event, "deployment") && text.equals(payload.get("name"));
      case STREAM ->
          (is(event, "prediction") || is(event, "lineseal/gap"))
              && text.equals(payload.get("stream"));
      case ID -> payload.get("ids") instanceof List<?> ids && ids.contains(text);
    };
  }

  private static boolean is(Event event, String type) {
    return event.type().equals(type);
  }
}
