package dev.lineseal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * The memory of a logger: bounded by bytes, in the order of the stream. Rows keep their room until
 * they are settled.
 */
final class LogBuffer {
  /** Bytes of a batch; its blocks fit into one answer of the server. */
  private static final long BATCH_BYTES = 1 << 20;

  private final LoggerSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<LogRow> waiting = new ArrayDeque<>();
  private final ArrayDeque<Long> since = new ArrayDeque<>();
  private long bytes;
  private long waitingBytes;
  private long next;
  private long added;
  private long settled;
  private int flushing;
  private boolean closed;

  LogBuffer(LoggerSettings settings) {
    this.settings = settings;
  }

  /**
   * Adds the row that is made for the next number; false when it was dropped, which uses one up.
   */
  boolean add(LongFunction<LogRow> make) {
    lock.lock();
    try {
      open();
      // Made first: a row that cannot be made takes no number.
      LogRow row = make.apply(next);
      if (!hasRoom(row.bytes()) && !waitForRoom(row)) {
        next++;
        return false;
      }
      // While this thread waited, others may have taken the number.
      LogRow last = row.seq() == next ? row : make.apply(next);
      next++;
      added++;
      waiting.add(last);
      since.add(System.nanoTime());
      bytes += last.bytes();
      waitingBytes += last.bytes();
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The next batch, once it is full or old enough; null at the end. */
  List<LogRow> take() throws InterruptedException {
    lock.lock();
    try {
      while (!isDue()) {
        if (closed && waiting.isEmpty()) {
          return null;
        }
        await();
      }
      List<LogRow> batch = new ArrayList<>();
      long size = 0;
      while (!waiting.isEmpty() && batch.size() < settings.batchRows()) {
        size += waiting.peek().bytes();
        if (size > BATCH_BYTES && !batch.isEmpty()) {
          break;
        }
        batch.add(waiting.remove());
        since.remove();
        waitingBytes -= batch.get(batch.size() - 1).bytes();
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** These rows need no room any more. */
  void settle(List<LogRow> rows) {
    lock.lock();
    try {
      settled += rows.size();
      rows.forEach(row -> bytes -= row.bytes());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that was added before is settled; false when time is up first. */
  boolean flush(long nanos) throws InterruptedException {
    lock.lock();
    flushing++;
    try {
      long due = added;
      changed.signalAll();
      long left = nanos;
      while (settled < due && left > 0) {
        left = changed.awaitNanos(left);
      }
      return settled >= due;
    } finally {
      flushing--;
      lock.unlock();
    }
  }

  /** Nothing is added any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long unsettled() {
    lock.lock();
    try {
      return added - settled;
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue() {
    return !waiting.isEmpty()
        && (closed
            || flushing > 0
            || waiting.size() >= settings.batchRows()
            || waitingBytes >= BATCH_BYTES
            || age() >= Times.nanos(settings.batchAge()));
  }

  private long age() {
    return System.nanoTime() - since.peek();
  }

  private void await() throws InterruptedException {
    if (waiting.isEmpty()) {
      changed.await();
    } else {
      changed.awaitNanos(Times.nanos(settings.batchAge()) - age());
    }
  }

  /** A row greater than the whole buffer goes in alone. */
  private boolean hasRoom(long size) {
    return bytes == 0 || bytes + size <= settings.bufferBytes();
  }

  private boolean waitForRoom(LogRow row) {
    if (settings.whenFull() == PredictionLogger.WhenFull.DROP) {
      return false;
    }
    long left =
        settings.whenFull() == PredictionLogger.WhenFull.BLOCK
            ? Times.nanos(settings.blockAtMost())
            : 0;
    try {
      while (!hasRoom(row.bytes()) && left > 0) {
        left = changed.awaitNanos(left);
        open();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw LinesealException.of("CANCELLED", "interrupted while waiting for room in the buffer")
          .cause(interrupted)
          .build();
    }
    if (!hasRoom(row.bytes())) {
      throw LinesealException.of(
              "OVERLOADED", "the logger's buffer of " + settings.bufferBytes() + " bytes is full")
          .remedy("Is the server there? Log less, or give a larger buffer")
          .retryable(true)
          .build();
    }
    return true;
  }

  private void open() {
    if (closed) {
      throw LinesealException.of("CLOSED", "the logger is closed").remedy("Make another").build();
    }
  }
}
