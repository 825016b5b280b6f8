package dev.lineseal;

import dev.lineseal.v1.ApprovalRecord;
import dev.lineseal.v1.EventDraft;
import java.util.Map;

/** Builds a draft of somebody's decision about an event. */
public final class ApprovalBuilder extends DraftBuilder<ApprovalBuilder> {
  private final ApprovalRecord.Builder record = ApprovalRecord.newBuilder();

  ApprovalBuilder(String decision) {
    super(true);
    record.setDecision(text(decision, "decision"));
  }

  /** What the signature means. */
  public ApprovalBuilder meaning(String meaning) {
    record.setMeaning(text(meaning, "meaning"));
    return this;
  }

  /** Who decided, in print. */
  public ApprovalBuilder signerName(String signerName) {
    record.setSignerName(text(signerName, "signer_name"));
    return this;
  }

  /** Why. */
  public ApprovalBuilder reason(String reason) {
    record.setReason(text(reason, "reason"));
    return this;
  }

  /** Whatever else is worth keeping. */
  public ApprovalBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public ApprovalBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setApproval(record);
  }
}
