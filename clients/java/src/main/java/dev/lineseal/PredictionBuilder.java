package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.PredictionRecord;
import java.util.Map;
import java.util.UUID;

/** Builds a draft of one answer of a model. */
public final class PredictionBuilder extends DraftBuilder<PredictionBuilder> {
  private final PredictionRecord.Builder record = PredictionRecord.newBuilder();

  PredictionBuilder() {
    super(true);
  }

  /** Identifier of the prediction; drawn at random where none is given. */
  public PredictionBuilder predictionId(String predictionId) {
    record.setPredictionId(text(predictionId, "prediction_id"));
    return this;
  }

  /** What went in. Null is content; absent is not. */
  public PredictionBuilder inputs(Object inputs) {
    record.setInputs(value(inputs, "inputs"));
    return this;
  }

  /** What came out. Null is content; absent is not. */
  public PredictionBuilder output(Object output) {
    record.setOutput(value(output, "output"));
    return this;
  }

  /** How it went, or how it stands. */
  public PredictionBuilder status(String status) {
    record.setStatus(text(status, "status"));
    return this;
  }

  /** What went wrong. */
  public PredictionBuilder error(String error) {
    record.setError(text(error, "error"));
    return this;
  }

  /** Time taken, in microseconds. */
  public PredictionBuilder latencyUs(long latencyUs) {
    record.setLatencyUs(latencyUs);
    return this;
  }

  /** Stream of predictions that {@code seq} counts in. */
  public PredictionBuilder stream(String stream) {
    record.setStream(text(stream, "stream"));
    return this;
  }

  /** Place in the stream, from 0. */
  public PredictionBuilder seq(long seq) {
    record.setSeq(seq);
    return this;
  }

  /** Whatever else is worth keeping. */
  public PredictionBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public PredictionBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  /** A UUID of version 7: by time, then at random. */
  private static UUID drawn() {
    UUID random = UUID.randomUUID();
    long time =
        System.currentTimeMillis() << 16 | 7 << 12 | random.getMostSignificantBits() & 0xfff;
    return new UUID(time, random.getLeastSignificantBits());
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setPrediction(record);
    if (record.getPredictionId().isEmpty()) {
      draft.getPredictionBuilder().setPredictionId(drawn().toString());
    }
  }
}
