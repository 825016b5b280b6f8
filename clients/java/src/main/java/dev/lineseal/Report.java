package dev.lineseal;

import java.util.List;

/**
 * What a verification found.
 *
 * @param verdict the answer
 * @param anchored whether it rests on hashes that the caller gave in full; otherwise a rewritten
 *     event under a new name is not excluded
 * @param checked how many events were hashed here
 * @param findings what does not hold, children before their parents; at most 10,000
 */
public record Report(Verdict verdict, boolean anchored, long checked, List<Finding> findings) {
  /** The answer of a verification. */
  public enum Verdict {
    /** Everything checked holds. */
    OK,
    /** Something does not. */
    FAILED,
    /** Nothing is known to be wrong, but there are events of a newer version of the format. */
    UNDETERMINED
  }

  /**
   * One thing that was found.
   *
   * @param hash the event, by the name under which it was reached
   * @param check what was looked at: {@code hash}, {@code canonical}, {@code schema}, {@code
   *     parent_missing}, {@code parent_order}, {@code expected_missing}, {@code
   *     unsupported_version}, {@code rests_on}
   * @param message one sentence
   */
  public record Finding(String hash, String check, String message) {}

  /** Keeps a copy. */
  public Report {
    findings = List.copyOf(findings);
  }

  /** Whether everything checked holds. */
  public boolean ok() {
    return verdict == Verdict.OK;
  }
}
