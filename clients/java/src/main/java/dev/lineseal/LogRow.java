package dev.lineseal;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lineseal.v1.EventDraft;
import java.util.concurrent.CompletableFuture;

/**
 * A prediction that waits to be recorded, as bytes: the objects of its message would take ten times
 * as much.
 */
record LogRow(
    byte[] message,
    String predictionId,
    long seq,
    String hash,
    CompletableFuture<Receipt> receipt) {
  /** The objects around a message, about. */
  private static final int OVERHEAD = 500;

  static LogRow of(Draft draft, long seq) {
    return new LogRow(
        draft.message().toByteArray(),
        draft.message().getPrediction().getPredictionId(),
        seq,
        draft.hash(),
        new CompletableFuture<>());
  }

  Draft draft() {
    try {
      return new Draft(EventDraft.parseFrom(message));
    } catch (InvalidProtocolBufferException impossible) {
      throw new IllegalStateException("what was written here cannot be read", impossible);
    }
  }

  /** What it takes of the buffer, about. */
  long bytes() {
    return message.length + OVERHEAD;
  }
}
