package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import java.util.List;
import java.util.Map;

/**
 * An event to record. It never changes, so recording it again records nothing new.
 *
 * <p>The methods begin a builder for each type of record, with what the type requires.
 */
public final class Draft {
  private final EventDraft message;

  Draft(EventDraft message) {
    this.message = message;
  }

  /** Data that something is made from or measured on. */
  public static DatasetBuilder dataset(String name) {
    return new DatasetBuilder(name);
  }

  /** A configuration to train with. */
  public static HyperparametersBuilder hyperparameters(Map<String, ?> values) {
    return new HyperparametersBuilder(values);
  }

  /** A training run. */
  public static TrainingBuilder training(String runId, String modelName) {
    return new TrainingBuilder(runId, modelName);
  }

  /** A trained model as a thing that can be deployed. */
  public static ModelBuilder model(String name) {
    return new ModelBuilder(name);
  }

  /** How good something was, measured on something; it needs metrics. */
  public static EvaluationBuilder evaluation() {
    return new EvaluationBuilder();
  }

  /** A model put to use. */
  public static DeploymentBuilder deployment(String name) {
    return new DeploymentBuilder(name);
  }

  /** One answer of a model. */
  public static PredictionBuilder prediction() {
    return new PredictionBuilder();
  }

  /** What was learnt later about an event, such as the true label of a prediction. */
  public static FeedbackBuilder feedback(Object value) {
    return new FeedbackBuilder(value);
  }

  /** Somebody's decision about an event. */
  public static ApprovalBuilder approval(String decision) {
    return new ApprovalBuilder(decision);
  }

  /** Predictions of a stream that are known to be lost: how many, between which, and why. */
  public static GapBuilder gap(
      String stream, long firstSeq, long lastSeq, long count, String reason) {
    return new GapBuilder(stream, firstSeq, lastSeq, count, reason);
  }

  /** A record of your own type, {@code namespace/name}. */
  public static CustomBuilder custom(String type) {
    return new CustomBuilder(type);
  }

  /**
   * The hash that the event will have. A parent that is named by its place has none before the
   * draft is recorded.
   */
  public String hash() {
    return hash(List.of());
  }

  /** The same, with the hashes of what stands before it in its batch. */
  String hash(List<String> earlier) {
    return Names.hash(block(earlier));
  }

  byte[] block(List<String> earlier) {
    byte[] block = CborWriter.bytes(Expected.content(message, earlier));
    if (block.length > StrictCbor.MAX_BLOCK) {
      throw LinesealException.of(
              "INVALID_RECORD",
              "the event has " + block.length + " bytes, more than " + StrictCbor.MAX_BLOCK)
          .path("payload")
          .remedy("Keep large values as artifacts and link to them")
          .build();
    }
    return block;
  }

  EventDraft message() {
    return message;
  }
}
