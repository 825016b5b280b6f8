package dev.lineseal;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A block as an event: {@code v} and {@code parents}, which every version of the format has (E3.1),
 * and the rest of the envelope of version 1 (E3, E4).
 */
final class Envelope {
  private static final Set<String> KEYS =
      Set.of("v", "type", "time", "actor", "roles", "parents", "payload");
  private static final Set<String> TYPES =
      Set.of(
          "dataset",
          "hyperparameters",
          "training",
          "model",
          "evaluation",
          "deployment",
          "prediction",
          "feedback",
          "approval");
  private static final Pattern CUSTOM =
      Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}/[a-z0-9][a-z0-9._-]{0,62}");
  private static final Pattern ROLE = Pattern.compile("(?:[a-z0-9][a-z0-9._-]{0,62})?");
  private static final int MAX_PARENTS = 1_024;

  private final Map<String, Object> content;
  private final List<String> parents = new ArrayList<>();

  private Envelope(Map<String, Object> content) {
    this.content = content;
  }

  /** The block's content, as every version has it; refuses what level frame refuses. */
  static Envelope read(byte[] block) {
    Object item = DagCbor.read(block);
    if (!(item instanceof Map<?, ?> map)) {
      throw wrong("ENCODING", "the block is no map", null);
    }
    @SuppressWarnings("unchecked") // StrictCbor lets none but text be a key.
    Envelope made = new Envelope((Map<String, Object>) map);
    Object v = made.content.get("v");
    if (!(v instanceof BigInteger) && !(v instanceof Long number && number > 0)) {
      throw wrong("ENCODING", "the block has no version v", "v");
    }
    if (!(made.content.get("parents") instanceof List<?> list)) {
      throw wrong("ENCODING", "the block has no list of parents", "parents");
    }
    for (Object item2 : list) {
      if (!(item2 instanceof Link link) || link.codec() != Names.CODEC_EVENT) {
        throw wrong("ENCODING", "a parent is no link to an event", "parents");
      }
      made.parents.add(link.digest());
    }
    return made;
  }

  /** Refuses what level envelope refuses besides, but for a version that is newer. */
  Envelope check() {
    require(KEYS.containsAll(content.keySet()), "there is an unknown key in the envelope", null);
    require(
        content.get("type") instanceof String type && isType(type), "the type is no type", "type");
    if (content.containsKey("time")) {
      require(content.get("time") instanceof Long, "the time is no int64", "time");
    }
    if (content.containsKey("actor")) {
      boolean text = content.get("actor") instanceof String actor && !actor.isEmpty();
      require(text, "the actor is no text, or empty", "actor");
    }
    require(content.get("payload") instanceof Map, "the payload is no map", "payload");
    require(parents.size() <= MAX_PARENTS, "there are over " + MAX_PARENTS + " parents", "parents");
    checkRoles();
    return this;
  }

  boolean isNewer() {
    return !Long.valueOf(1).equals(content.get("v"));
  }

  Map<String, Object> content() {
    return content;
  }

  List<String> parents() {
    return parents;
  }

  /** The role of each parent, empty where it has none. */
  List<String> roles() {
    List<?> given = content.get("roles") instanceof List<?> list ? list : List.of();
    List<String> roles = new ArrayList<>();
    for (int i = 0; i < parents.size(); i++) {
      // A newer version may have anything there.
      roles.add(i < given.size() && given.get(i) instanceof String role ? role : "");
    }
    return roles;
  }

  private static boolean isType(String type) {
    return TYPES.contains(type) || CUSTOM.matcher(type).matches();
  }

  private void checkRoles() {
    if (content.containsKey("roles")) {
      boolean list =
          content.get("roles") instanceof List<?> some
              && some.size() == parents.size()
              && some.stream()
                  .allMatch(one -> one instanceof String role && ROLE.matcher(role).matches());
      require(list, "the roles are not one name for each parent", "roles");
      boolean any = roles().stream().anyMatch(role -> !role.isEmpty());
      require(any, "there are roles and all are empty", "roles");
    }
    List<String> roles = roles();
    Set<List<String>> seen = new HashSet<>();
    for (int i = 0; i < parents.size(); i++) {
      require(seen.add(List.of(parents.get(i), roles.get(i))), "a parent stands twice", "parents");
      require(i == 0 || before(i - 1, i, roles), "the parents are out of order", "parents");
    }
  }

  private boolean before(int first, int second, List<String> roles) {
    // Hex sorts as its bytes do, and roles are ASCII.
    int order = parents.get(first).compareTo(parents.get(second));
    return order < 0 || order == 0 && roles.get(first).compareTo(roles.get(second)) < 0;
  }

  private static void require(boolean holds, String otherwise, String path) {
    if (!holds) {
      throw wrong("INVALID_RECORD", otherwise, path);
    }
  }

  private static LinesealException wrong(String code, String what, String path) {
    return LinesealException.of(code, what).path(path).build();
  }
}
