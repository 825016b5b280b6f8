package dev.lineseal;

import dev.lineseal.v1.CustomRecord;
import dev.lineseal.v1.EventDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds a draft of a record of your own type. */
public final class CustomBuilder extends DraftBuilder<CustomBuilder> {
  private final CustomRecord.Builder record = CustomRecord.newBuilder();
  private final List<String> ids = new ArrayList<>();

  CustomBuilder(String type) {
    super(true);
    record.setType(text(type, "type"));
  }

  /** An entry of the content. */
  public CustomBuilder put(String key, Object value) {
    String path = Values.inside("payload", Values.text(key, "payload"));
    record.putPayload(key, Values.of(value, path, Values.DEPTH));
    return this;
  }

  /** The same for all entries of a map. */
  public CustomBuilder payload(Map<String, ?> payload) {
    record.putAllPayload(Values.map(payload, "payload", Values.DEPTH - 1));
    return this;
  }

  @Override
  void ids(Iterable<String> more) {
    more.forEach(ids::add);
    put("ids", ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setCustom(record);
  }
}
