package dev.lineseal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code host:port}, or {@code grpc://host:port/ledger}, whose port and ledger may be left out. */
record Address(String host, int port, String ledger) {
  private static final String SCHEME = "grpc://";
  private static final int PORT = 50051;
  private static final Pattern FORM =
      Pattern.compile(
          "(\\[[0-9a-fA-F:.]+\\]|[^/:\\[\\]\\s]+)(?::([0-9]{1,5}))?(?:/([a-z0-9-]*)/?)?");

  static Address of(String target) {
    boolean scheme = target.startsWith(SCHEME);
    Matcher match = FORM.matcher(scheme ? target.substring(SCHEME.length()) : target);
    boolean sound = match.matches() && (scheme || match.group(2) != null && match.group(3) == null);
    int port = sound && match.group(2) != null ? Integer.parseInt(match.group(2)) : PORT;
    if (!sound || port < 1 || port > 65535) {
      throw LinesealException.of(
              "INVALID_ARGUMENT", "\"" + target + "\" is no address of a service")
          .remedy(
              "Give host:port, or grpc://host:port/ledger; IPv6 in brackets, as" + " [::1]:50051")
          .build();
    }
    String ledger = match.group(3);
    return new Address(
        match.group(1), port, ledger == null || ledger.isEmpty() ? "default" : ledger);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
