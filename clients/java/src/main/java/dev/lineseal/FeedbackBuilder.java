package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.FeedbackRecord;
import java.util.Map;

/** Builds a draft of what was learnt later about an event. */
public final class FeedbackBuilder extends DraftBuilder<FeedbackBuilder> {
  private final FeedbackRecord.Builder record = FeedbackRecord.newBuilder();

  FeedbackBuilder(Object value) {
    super(true);
    record.setValue(value(value, "value"));
  }

  /** What it is, such as label or rating. */
  public FeedbackBuilder kind(String kind) {
    record.setKind(text(kind, "kind"));
    return this;
  }

  /** Who or what gave it. */
  public FeedbackBuilder source(String source) {
    record.setSource(text(source, "source"));
    return this;
  }

  /** Whatever else is worth keeping. */
  public FeedbackBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public FeedbackBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setFeedback(record);
  }
}
