package dev.lineseal;

import java.util.OptionalLong;

/**
 * A refusal, by the server or by this client: what is wrong, where, and what to do.
 *
 * <p>The codes are the reasons of {@code docs/spec/errors.md}, such as {@code PARENT_NOT_FOUND}. A
 * later server may send others.
 */
public final class LinesealException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final String field;
  private final String path;
  private final String hash;
  private final long position;
  private final String remedy;
  private final boolean retryable;
  private final boolean ofARow;

  private LinesealException(Builder from) {
    super(from.remedy == null ? from.text : from.text + ". " + from.remedy, from.cause);
    code = from.code;
    field = from.field;
    path = from.path;
    hash = from.hash;
    position = from.position;
    remedy = from.remedy;
    retryable = from.retryable;
    ofARow = from.ofARow;
  }

  /** The code, in capitals. */
  public String code() {
    return code;
  }

  /** The field of the record at fault, or null. */
  public String field() {
    return field;
  }

  /** The place inside an event, such as {@code payload.inputs.pixels[3]}, or null. */
  public String path() {
    return path;
  }

  /** The event it is about, 64 hex digits, or null. */
  public String hash() {
    return hash;
  }

  /** The place in the batch, from 0; or the byte in a block. */
  public OptionalLong position() {
    return position < 0 ? OptionalLong.empty() : OptionalLong.of(position);
  }

  /** What to do, or null. */
  public String remedy() {
    return remedy;
  }

  /** Whether the same request, sent again later, may succeed. */
  public boolean isRetryable() {
    return retryable;
  }

  /** Whether a server of ours says that an event itself is at fault; sending it again is no use. */
  boolean isOfARow() {
    return ofARow;
  }

  static Builder of(String code, String text) {
    return new Builder(code, text);
  }

  /** The same about the event at another place of the batch. */
  LinesealException at(long place) {
    Builder made = of(code, remedy == null ? getMessage() : stripped());
    made.field = field;
    made.path = path;
    made.hash = hash;
    made.remedy = remedy;
    made.retryable = retryable;
    made.ofARow = ofARow;
    return made.position(place).cause(getCause()).build();
  }

  private String stripped() {
    return getMessage().substring(0, getMessage().length() - remedy.length() - 2);
  }

  static final class Builder {
    private final String code;
    private final String text;
    private String field;
    private String path;
    private String hash;
    private long position = -1;
    private String remedy;
    private boolean retryable;
    private boolean ofARow;
    private Throwable cause;

    private Builder(String code, String text) {
      this.code = code;
      this.text = text;
    }

    Builder field(String name) {
      field = name;
      return this;
    }

    Builder path(String place) {
      path = place;
      return this;
    }

    Builder hash(String name) {
      hash = name;
      return this;
    }

    Builder position(long place) {
      position = place;
      return this;
    }

    Builder remedy(String sentence) {
      remedy = sentence;
      return this;
    }

    Builder retryable(boolean whether) {
      retryable = whether;
      return this;
    }

    Builder ofARow(boolean whether) {
      ofARow = whether;
      return this;
    }

    Builder cause(Throwable origin) {
      cause = origin;
      return this;
    }

    LinesealException build() {
      return new LinesealException(this);
    }
  }
}
