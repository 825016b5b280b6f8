package dev.lineseal;

import com.google.protobuf.ByteString;
import dev.lineseal.v1.EventName;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names of events: SHA-256 in hex, CIDs, and beginnings of hashes. */
final class Names {
  static final int CODEC_EVENT = 0x71;
  static final int CODEC_ARTIFACT = 0x55;

  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern FULL = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern SHORT = Pattern.compile("[0-9a-fA-F]{8,63}");

  private Names() {}

  static String hash(byte[] block) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(block));
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java has SHA-256", absent);
    }
  }

  static String hex(ByteString bytes) {
    return HEX.formatHex(bytes.toByteArray());
  }

  static ByteString bytes(String hash) {
    return ByteString.copyFrom(HEX.parseHex(hash));
  }

  /** The hash that a whole name stands for, in lower case; null when the name is shortened. */
  static String full(String name) {
    if (isFull(name)) {
      return name.toLowerCase(Locale.ROOT);
    }
    if (SHORT.matcher(name).matches()) {
      return null;
    }
    if (name.startsWith("b")) {
      Link link = Link.parse(name);
      if (link.codec() == CODEC_EVENT) {
        return link.digest();
      }
    }
    throw unusable(name);
  }

  static boolean isFull(String text) {
    return FULL.matcher(text).matches();
  }

  static boolean isNamed(String hash, String name) {
    String full = full(name);
    return full == null ? hash.startsWith(name.toLowerCase(Locale.ROOT)) : hash.equals(full);
  }

  static EventName of(String name) {
    String full = full(name);
    EventName.Builder made = EventName.newBuilder();
    return (full == null ? made.setText(name) : made.setHash(bytes(full))).build();
  }

  private static LinesealException unusable(String name) {
    return LinesealException.of("INVALID_ARGUMENT", "\"" + name + "\" names no event")
        .remedy("Give 64 hex digits, a CID (bafyrei…), or at least 8 digits of a hash")
        .build();
  }
}
