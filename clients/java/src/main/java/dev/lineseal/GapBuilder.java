package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.GapRecord;

/** Builds a draft of predictions of a stream that are known to be lost. */
public final class GapBuilder extends DraftBuilder<GapBuilder> {
  private final GapRecord.Builder record = GapRecord.newBuilder();

  GapBuilder(String stream, long firstSeq, long lastSeq, long count, String reason) {
    super(true);
    record.setStream(text(stream, "stream"));
    record.setFirstSeq(firstSeq);
    record.setLastSeq(lastSeq);
    record.setCount(count);
    record.setReason(text(reason, "reason"));
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setGap(record);
  }
}
