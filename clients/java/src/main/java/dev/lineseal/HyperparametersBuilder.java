package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.HyperparametersRecord;
import java.util.Map;

/** Builds a draft of a configuration to train with. */
public final class HyperparametersBuilder extends DraftBuilder<HyperparametersBuilder> {
  private final HyperparametersRecord.Builder record = HyperparametersRecord.newBuilder();

  HyperparametersBuilder(Map<String, ?> values) {
    super(false);
    record.putAllValues(entries(values, "values"));
  }

  /** Whatever else is worth keeping. */
  public HyperparametersBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public HyperparametersBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setHyperparameters(record);
  }
}
