package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.SourceCode;
import dev.lineseal.v1.TrainingRecord;
import java.time.Instant;
import java.util.Map;

/** Builds a draft of a training run. */
public final class TrainingBuilder extends DraftBuilder<TrainingBuilder> {
  private final TrainingRecord.Builder record = TrainingRecord.newBuilder();

  TrainingBuilder(String runId, String modelName) {
    super(true);
    record.setRunId(text(runId, "run_id"));
    record.setModelName(text(modelName, "model_name"));
  }

  /** Version of the model being trained. */
  public TrainingBuilder modelVersion(String modelVersion) {
    record.setModelVersion(text(modelVersion, "model_version"));
    return this;
  }

  /** How it went, or how it stands. */
  public TrainingBuilder status(String status) {
    record.setStatus(text(status, "status"));
    return this;
  }

  /** Configuration, when it is no event of its own. */
  public TrainingBuilder hyperparameters(Map<String, ?> hyperparameters) {
    record.putAllHyperparameters(entries(hyperparameters, "hyperparameters"));
    return this;
  }

  /** When the run began. */
  public TrainingBuilder startedAt(Instant startedAt) {
    record.setStartedAt(Times.micros(startedAt, "payload.started_at"));
    return this;
  }

  /** When the run ended. */
  public TrainingBuilder finishedAt(Instant finishedAt) {
    record.setFinishedAt(Times.micros(finishedAt, "payload.finished_at"));
    return this;
  }

  /** Seed of the random numbers. */
  public TrainingBuilder seed(long seed) {
    record.setSeed(seed);
    return this;
  }

  /** The sources that ran: where they are kept, and which revision of them; either may be null. */
  public TrainingBuilder code(String uri, String revision) {
    record.setCode(source(uri, revision));
    return this;
  }

  /** The same, and whether they were changed against the revision. */
  public TrainingBuilder code(String uri, String revision, boolean dirty) {
    record.setCode(source(uri, revision).setDirty(dirty));
    return this;
  }

  /** Container image that ran, preferably with its digest. */
  public TrainingBuilder image(String image) {
    record.setImage(text(image, "image"));
    return this;
  }

  /** Names and values of what was measured; each a double, or an integer of at most 2^53. */
  public TrainingBuilder metrics(Map<String, ? extends Number> metrics) {
    record.putAllMetrics(numbers(metrics, "metrics"));
    return this;
  }

  /** Whatever else is worth keeping. */
  public TrainingBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public TrainingBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  private static SourceCode.Builder source(String uri, String revision) {
    return SourceCode.newBuilder()
        .setUri(text(uri, "code.uri"))
        .setRevision(text(revision, "code.revision"));
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setTraining(record);
  }
}
