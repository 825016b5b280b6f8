package dev.lineseal;

import java.util.concurrent.CompletableFuture;

/** A prediction that waits to be recorded. */
record LogRow(Draft draft, long seq, CompletableFuture<Receipt> receipt) {
    /** What it takes of the buffer, about: its message, and the objects around it. */
    long bytes() {
        return draft.message().getSerializedSize() + 256L;
    }
}
