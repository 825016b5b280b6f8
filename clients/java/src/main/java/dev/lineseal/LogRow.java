package dev.lineseal;

import java.util.concurrent.CompletableFuture;

/** A prediction that waits to be recorded. */
record LogRow(Draft draft, long seq, String hash, CompletableFuture<Receipt> receipt) {
  LogRow(Draft draft, long seq) {
    this(draft, seq, draft.hash(), new CompletableFuture<>());
  }

  /** What it takes of the buffer, about: its message, and the objects around it. */
  long bytes() {
    return draft.message().getSerializedSize() + 400L;
  }
}
