package dev.lineseal;

import dev.lineseal.v1.EvaluationRecord;
import dev.lineseal.v1.EventDraft;
import java.util.Map;

/** Builds a draft of how good something was, measured on something. */
public final class EvaluationBuilder extends DraftBuilder<EvaluationBuilder> {
  private final EvaluationRecord.Builder record = EvaluationRecord.newBuilder();

  EvaluationBuilder() {
    super(true);
  }

  /** Names and values of what was measured; each a double, or an integer of at most 2^53. */
  public EvaluationBuilder metrics(Map<String, ? extends Number> metrics) {
    record.putAllMetrics(numbers(metrics, "metrics"));
    return this;
  }

  /** Name of the dataset it was measured on. */
  public EvaluationBuilder dataset(String dataset) {
    record.setDataset(text(dataset, "dataset"));
    return this;
  }

  /** Part of the data, such as train or test. */
  public EvaluationBuilder split(String split) {
    record.setSplit(text(split, "split"));
    return this;
  }

  /** Subgroup that the metrics are about. */
  public EvaluationBuilder slice(String slice) {
    record.setSlice(text(slice, "slice"));
    return this;
  }

  /** Number of rows. */
  public EvaluationBuilder numRows(long numRows) {
    record.setNumRows(numRows);
    return this;
  }

  /** Whether it met what was asked. */
  public EvaluationBuilder passed(boolean passed) {
    record.setPassed(passed);
    return this;
  }

  /** Whatever else is worth keeping. */
  public EvaluationBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public EvaluationBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setEvaluation(record);
  }
}
