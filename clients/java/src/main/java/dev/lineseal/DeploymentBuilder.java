package dev.lineseal;

import dev.lineseal.v1.DeploymentRecord;
import dev.lineseal.v1.EventDraft;
import java.util.Map;

/** Builds a draft of a model put to use. */
public final class DeploymentBuilder extends DraftBuilder<DeploymentBuilder> {
  private final DeploymentRecord.Builder record = DeploymentRecord.newBuilder();

  DeploymentBuilder(String name) {
    super(true);
    record.setName(text(name, "name"));
  }

  /** Stage, such as staging or production. */
  public DeploymentBuilder stage(String stage) {
    record.setStage(text(stage, "stage"));
    return this;
  }

  /** Where it answers. */
  public DeploymentBuilder endpoint(String endpoint) {
    record.setEndpoint(text(endpoint, "endpoint"));
    return this;
  }

  /** Container image that ran, preferably with its digest. */
  public DeploymentBuilder image(String image) {
    record.setImage(text(image, "image"));
    return this;
  }

  /** How it went, or how it stands. */
  public DeploymentBuilder status(String status) {
    record.setStatus(text(status, "status"));
    return this;
  }

  /** Whatever else is worth keeping. */
  public DeploymentBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public DeploymentBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setDeployment(record);
  }
}
