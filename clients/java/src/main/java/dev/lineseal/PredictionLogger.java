package dev.lineseal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Logs predictions without making their callers wait: rows are kept in memory and sent in batches
 * by a thread, again until the ledger has them.
 *
 * <p><b>It has no spool.</b> What is in memory when the process ends without {@link #close}, or
 * when the server is away for longer than the deadline, is lost; every row has a place in a stream,
 * so that it shows. May be called from many threads.
 */
public final class PredictionLogger implements AutoCloseable {
  /** What happens to a row when the buffer is full. */
  public enum WhenFull {
    /** {@code log} waits, and throws when there is no room in time. */
    BLOCK,
    /** {@code log} throws at once. */
    THROW,
    /** The row is dropped, counted, and recorded as a gap. */
    DROP
  }

  /**
   * A row that will not be recorded.
   *
   * @param predictionId the prediction
   * @param seq its place in the stream
   * @param error why: refused, or not delivered in time
   */
  public record Lost(String predictionId, long seq, LinesealException error) {}

  /**
   * What became of rows so far.
   *
   * @param recorded acknowledged by the ledger
   * @param refused refused for what they hold
   * @param lost dropped, or not delivered before the deadline
   * @param waiting in memory
   * @param resent how often a batch was sent again
   */
  public record Stats(long recorded, long refused, long lost, long waiting, long resent) {}

  /**
   * A row that was taken.
   *
   * @param hash the hash that the event will have: for a response's header, for example
   * @param receipt comes when it is durable, on the logger's thread: do not block there. It fails
   *     where the row will not be recorded
   */
  public record Logged(String hash, CompletableFuture<Receipt> receipt) {}

  private record ParentRole(String hash, String role) {}

  private final Client client;
  private final boolean owned;
  private final LoggerSettings settings;
  private final List<ParentRole> parents = new ArrayList<>();
  private final LogBuffer buffer;
  private final LogGaps gaps;
  private final LogSender sender;
  private final Thread thread;
  private final Duration closeAtMost;

  private PredictionLogger(Builder from, Client client, boolean owned) {
    this.client = client;
    this.owned = owned;
    settings = from.settings();
    closeAtMost = from.closeAtMost;
    from.parents.forEach(
        one -> parents.add(new ParentRole(LogParents.resolved(client, one.hash), one.role)));
    buffer = new LogBuffer(settings);
    gaps = new LogGaps(settings.stream());
    sender = new LogSender(client, buffer, settings, gaps);
    thread = new Thread(this::send, "lineseal-logger");
    thread.setDaemon(true);
    thread.start();
  }

  /** A logger to {@code host:port} or {@code grpc://host:port/ledger}; the server may be away. */
  public static Builder builder(String target) {
    return new Builder(target, null);
  }

  /** A logger that sends through a client, and leaves it open. */
  public static Builder builder(Client client) {
    return new Builder(null, client);
  }

  /** Logs an answer to inputs. */
  public Logged log(Object inputs, Object output) {
    return log(Draft.prediction().inputs(inputs).output(output));
  }

  /**
   * Logs a prediction; parents, actor, stream and place are added. Throws where a value has no
   * encoding, or the buffer has no room.
   */
  public Logged log(PredictionBuilder prediction) {
    if (!prediction.saysParents()) {
      parents.forEach(parent -> prediction.parent(parent.hash, parent.role));
    }
    if (!prediction.saysParents()) {
      prediction.noParents();
    }
    prediction.stream(settings.stream());
    if (settings.actor() != null) {
      prediction.actor(settings.actor());
    }
    LogRow[] made = {null};
    if (!buffer.add(seq -> made[0] = LogRow.of(prediction.seq(seq).build(), seq))) {
      sender.lose(made[0], full(), sender.lost, "dropped");
    }
    return new Logged(made[0].hash(), made[0].receipt());
  }

  /**
   * Waits until all that was logged before is recorded or given up; false when time is up first.
   */
  public boolean flush(Duration within) throws InterruptedException {
    return buffer.flush(Times.nanos(within));
  }

  /** The stream that the rows are numbered in. */
  public String stream() {
    return settings.stream();
  }

  /** What became of rows so far. */
  public Stats stats() {
    return new Stats(
        sender.recorded.get(),
        sender.refused.get(),
        sender.lost.get(),
        buffer.unsettled(),
        sender.resent.get());
  }

  /**
   * Sends what is waiting, for as long as the logger was told; what is left then is lost. From a
   * callback of the logger's own it does not wait.
   */
  @Override
  public void close() {
    buffer.close();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(Times.nanos(closeAtMost))));
      if (thread.isAlive()) {
        sender.stop();
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(5));
      }
    } catch (InterruptedException interrupted) {
      sender.stop();
      thread.interrupt();
      Thread.currentThread().interrupt();
    } finally {
      if (owned) {
        client.close();
      }
    }
  }

  private void send() {
    try {
      sender.run();
    } finally {
      if (owned) {
        client.close();
      }
    }
  }

  private static LinesealException full() {
    return LinesealException.of("OVERLOADED", "the logger's buffer was full, and the row dropped")
        .build();
  }

  /** Settings of a logger. */
  public static final class Builder {
    private final String target;
    private final Client client;
    private final List<ParentRole> parents = new ArrayList<>();
    private boolean noParents;
    private int batchRows = 1_000;
    private Duration batchAge = Duration.ofMillis(200);
    private long bufferBytes = 64L << 20;
    private WhenFull whenFull = WhenFull.BLOCK;
    private Duration blockAtMost = Duration.ofSeconds(10);
    private Duration deadline = Duration.ofMinutes(2);
    private Duration closeAtMost = Duration.ofSeconds(30);
    private String stream = "predictions-" + UUID.randomUUID();
    private String actor;
    private Consumer<Lost> onLost = row -> {};

    private Builder(String target, Client client) {
      this.target = target;
      this.client = client;
    }

    /**
     * An event that all rows are made from: a hash, {@code model:name@version} or {@code
     * deployment:name}.
     */
    public Builder parent(String name) {
      return parent(name, "");
    }

    /** The same, with a role. */
    public Builder parent(String name, String role) {
      parents.add(new ParentRole(name, role));
      return this;
    }

    /** Rows that name no parents themselves have none, on purpose. */
    public Builder noParents() {
      noParents = true;
      return this;
    }

    /** So many rows are sent at once (1,000; at most 10,000), or those that are so old (200 ms). */
    public Builder batch(int rows, Duration age) {
      if (rows < 1 || rows > 10_000) {
        throw LinesealException.of("INVALID_ARGUMENT", "a batch has 1 to 10,000 rows, not " + rows)
            .build();
      }
      batchRows = rows;
      batchAge = age;
      return this;
    }

    /** Bytes that rows may take in memory, about (64 MiB). */
    public Builder bufferBytes(long bytes) {
      bufferBytes = bytes;
      return this;
    }

    /** What happens when it is full (BLOCK, for at most 10 s). */
    public Builder whenFull(WhenFull policy, Duration blockAtMost) {
      whenFull = policy;
      this.blockAtMost = blockAtMost;
      return this;
    }

    /** For how long a batch is sent again before its rows are lost (2 minutes). */
    public Builder deadline(Duration within) {
      deadline = within;
      return this;
    }

    /** For how long closing waits for rows to be sent (30 s). */
    public Builder closeAtMost(Duration within) {
      closeAtMost = within;
      return this;
    }

    /** The stream; without it one of this logger alone, since each numbers its own rows from 0. */
    public Builder stream(String name) {
      if (name.isEmpty()) {
        throw LinesealException.of("INVALID_ARGUMENT", "a stream's name is not empty").build();
      }
      stream = Values.text(name, "stream");
      return this;
    }

    /** Who records. */
    public Builder actor(String name) {
      actor = name;
      return this;
    }

    /** Called for each row that will not be recorded, on the logger's thread or the caller's. */
    public Builder onLost(Consumer<Lost> callback) {
      onLost = callback;
      return this;
    }

    /** The logger; parents are looked up now. */
    public PredictionLogger build() {
      if (parents.isEmpty() != noParents) {
        throw LinesealException.of(
                "INVALID_ARGUMENT",
                "the logger has " + (noParents ? "parents and none" : "no parents"))
            .field("parents")
            .remedy(
                "Give the model's hash, model:name@version or deployment:name; or" + " noParents()")
            .build();
      }
      if (client != null) {
        return new PredictionLogger(this, client, false);
      }
      Client own = Client.unmet(target);
      try {
        if (noParents) {
          // Nothing else would tell that the target is wrong.
          LogParents.meet(own);
        }
        return new PredictionLogger(this, own, true);
      } catch (RuntimeException refusal) {
        own.close();
        throw refusal;
      }
    }

    private LoggerSettings settings() {
      return new LoggerSettings(
          batchRows, batchAge, bufferBytes, whenFull, blockAtMost, deadline, stream, actor, onLost);
    }
  }
}
