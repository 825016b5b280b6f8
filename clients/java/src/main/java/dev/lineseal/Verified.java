package dev.lineseal;

import dev.lineseal.v1.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One event of a trace, hashed and checked here, by the name under which the server sent it.
 *
 * @param finding what is wrong with it by itself, or null
 */
record Verified(String hash, long index, List<String> parents, Report.Finding finding) {
  private static final int MAX_FINDINGS = 10_000;

  static Verified of(String hash, Event row) {
    byte[] block = row.getBlock().toByteArray();
    String found = Names.hash(block);
    if (!found.equals(hash)) {
      return new Verified(
          hash,
          row.getIndex(),
          List.of(),
          finding(hash, "hash", "is not what its name says: its bytes have the SHA-256 " + found));
    }
    Envelope envelope;
    try {
      envelope = Envelope.read(block);
    } catch (LinesealException unread) {
      return new Verified(
          hash,
          row.getIndex(),
          List.of(),
          finding(hash, "canonical", "cannot be read as an event: " + unread.getMessage()));
    }
    return new Verified(hash, row.getIndex(), envelope.parents(), form(hash, envelope));
  }

  /** What is found in all that came, and in what did not. */
  static Report report(List<String> names, Map<String, Verified> seen, boolean anchored) {
    List<Report.Finding> findings = new ArrayList<>();
    for (String name : names) {
      if (!seen.containsKey(name)) {
        findings.add(finding(name, "expected_missing", "was expected and was not sent"));
      }
    }
    List<Verified> all = new ArrayList<>(seen.values());
    Set<String> unsound = new HashSet<>();
    // Parents come last, so that what rests on them is known when their children's turn comes.
    for (int i = all.size() - 1; i >= 0; i--) {
      Report.Finding own = all.get(i).links(seen, unsound);
      if (own != null) {
        findings.add(own);
      }
    }
    boolean failed =
        findings.stream().anyMatch(one -> !isNewer(one) && !one.check().equals("rests_on"));
    Report.Verdict verdict =
        failed
            ? Report.Verdict.FAILED
            : findings.isEmpty() ? Report.Verdict.OK : Report.Verdict.UNDETERMINED;
    Collections.reverse(findings);
    List<Report.Finding> kept = findings.subList(0, Math.min(findings.size(), MAX_FINDINGS));
    return new Report(verdict, anchored, seen.size(), kept);
  }

  /** What is wrong with the event, or with its links to parents. */
  private Report.Finding links(Map<String, Verified> seen, Set<String> unsound) {
    Report.Finding worst = finding;
    for (String parent : parents) {
      Verified there = seen.get(parent);
      if (there == null) {
        worst =
            worse(
                worst,
                finding(hash, "parent_missing", "names a parent that was not sent: " + parent));
      } else if (Long.compareUnsigned(there.index, index) >= 0) {
        worst = worse(worst, finding(hash, "parent_order", "stands before its parent " + parent));
      } else if (unsound.contains(parent)) {
        worst =
            worse(
                worst,
                finding(
                    hash,
                    "rests_on",
                    "is sound in itself but rests on " + parent + ", which does not hold"));
      }
    }
    if (worst != null && !isNewer(worst)) {
      unsound.add(hash);
    }
    return worst;
  }

  private static Report.Finding worse(Report.Finding one, Report.Finding other) {
    boolean mild = one == null || isNewer(one) || one.check().equals("rests_on");
    return mild ? other : one;
  }

  private static Report.Finding form(String hash, Envelope envelope) {
    if (envelope.isNewer()) {
      return finding(
          hash,
          "unsupported_version",
          "has version "
              + envelope.content().get("v")
              + " of the event format, which only a newer lineseal can judge");
    }
    try {
      envelope.check();
      return null;
    } catch (LinesealException broken) {
      return finding(hash, "schema", "breaks a rule of the event format: " + broken.getMessage());
    }
  }

  private static boolean isNewer(Report.Finding one) {
    return one.check().equals("unsupported_version");
  }

  private static Report.Finding finding(String hash, String check, String what) {
    return new Report.Finding(hash, check, "event " + hash + " " + what);
  }
}
