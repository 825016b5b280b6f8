package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.Parent;
import dev.lineseal.v1.Value;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all drafts have: a time, an actor, parents, ids. Values are read when they are given; what
 * the caller changes afterwards changes nothing.
 *
 * @param <B> the builder itself
 */
public abstract sealed class DraftBuilder<B extends DraftBuilder<B>>
    permits ApprovalBuilder,
        CustomBuilder,
        DatasetBuilder,
        DeploymentBuilder,
        EvaluationBuilder,
        FeedbackBuilder,
        GapBuilder,
        HyperparametersBuilder,
        ModelBuilder,
        PredictionBuilder,
        TrainingBuilder {
  private static final long MAX_EXACT = 1L << 53;

  private final EventDraft.Builder draft = EventDraft.newBuilder();
  private final boolean happening;

  DraftBuilder(boolean happening) {
    this.happening = happening;
  }

  /** When it happened; drawn by {@link #build} where it is needed and not given. */
  public B time(Instant time) {
    return timeMicros(Times.micros(time, "time"));
  }

  /** The same in microseconds since 1970-01-01 UTC. */
  public B timeMicros(long time) {
    draft.setTime(time);
    return self();
  }

  /** Who records it. */
  public B actor(String actor) {
    draft.setActor(Values.text(actor, "actor"));
    return self();
  }

  /** An event that this one is made from: 64 hex digits or a CID. */
  public B parent(String hash) {
    return parent(hash, "");
  }

  /** The same, and as what it was used, such as {@code train}. */
  public B parent(String hash, String role) {
    String full = Names.full(hash);
    if (full == null) {
      throw LinesealException.of("INVALID_ARGUMENT", "a parent's hash is shortened: " + hash)
          .path("parents")
          .remedy("Give all 64 digits")
          .build();
    }
    draft.addParents(
        Parent.newBuilder().setHash(Names.bytes(full)).setRole(Values.text(role, "parents")));
    return self();
  }

  /** A parent by its place, from 0, among the drafts that are recorded together. */
  public B parentAt(int position, String role) {
    draft.addParents(
        Parent.newBuilder().setPosition(position).setRole(Values.text(role, "parents")));
    return self();
  }

  /** It has no parents on purpose. Predictions, feedback and approvals need a parent or this. */
  public B noParents() {
    draft.setNoParents(true);
    return self();
  }

  /** Identifiers of the same thing in other systems, as {@code scheme:value}. */
  public B id(String... ids) {
    for (String id : ids) {
      Values.text(id, "payload.ids");
    }
    ids(List.of(ids));
    return self();
  }

  /**
   * The draft. What happens has a time from here on, so that it is the same event when sent again.
   */
  public Draft build() {
    EventDraft.Builder made = draft.clone();
    if (happening && !made.hasTime()) {
      made.setTime(Times.now());
    }
    fill(made);
    return new Draft(made.build());
  }

  /** Whether parents are given, or that there are none. */
  boolean saysParents() {
    return draft.getParentsCount() > 0 || draft.getNoParents();
  }

  abstract void ids(Iterable<String> ids);

  abstract void fill(EventDraft.Builder draft);

  /** Null counts as absent, as the empty text does. */
  static String text(String text, String field) {
    return text == null ? "" : Values.text(text, "payload." + field);
  }

  static Value value(Object value, String field) {
    return Values.of(value, "payload." + field, Values.DEPTH);
  }

  static Map<String, Value> entries(Map<String, ?> map, String field) {
    return Values.map(map, "payload." + field, Values.DEPTH);
  }

  static Map<String, Double> numbers(Map<String, ? extends Number> metrics, String field) {
    Map<String, Double> made = new LinkedHashMap<>();
    metrics.forEach(
        (name, number) -> {
          String path = Values.inside("payload." + field, Values.text(name, "payload." + field));
          made.put(name, number(number, path));
        });
    return made;
  }

  private static double number(Number number, String path) {
    boolean real = number instanceof Double || number instanceof Float;
    boolean whole =
        number instanceof Long
            || number instanceof Integer
            || number instanceof Short
            || number instanceof Byte;
    if (!real
        && !(whole
            && Math.abs(number.longValue()) <= MAX_EXACT
            && number.longValue() != Long.MIN_VALUE)) {
      throw Values.refused(
          path, "a metric is a double, or an integer of at most 2^53", "Give a double");
    }
    return number.doubleValue();
  }

  @SuppressWarnings("unchecked") // Each builder extends this with itself.
  private B self() {
    return (B) this;
  }
}
