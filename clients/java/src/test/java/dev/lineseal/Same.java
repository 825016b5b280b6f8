package dev.lineseal;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Equality of values of blocks. */
final class Same {
  private Same() {}

  /** Whether two values of blocks are the same: bytes by content, an integer never a float. */
  static boolean same(Object one, Object other) {
    if (one instanceof byte[] bytes) {
      return other instanceof byte[] others && Arrays.equals(bytes, others);
    }
    if (one instanceof Map<?, ?> map) {
      return other instanceof Map<?, ?> others
          && map.keySet().equals(others.keySet())
          && map.keySet().stream().allMatch(key -> same(map.get(key), others.get(key)));
    }
    if (one instanceof List<?> list) {
      return other instanceof List<?> others
          && list.size() == others.size()
          && IntStream.range(0, list.size()).allMatch(i -> same(list.get(i), others.get(i)));
    }
    return one == null ? other == null : one.equals(other);
  }
}
