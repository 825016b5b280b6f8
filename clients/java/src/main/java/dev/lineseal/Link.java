package dev.lineseal;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A link: a CID of version 1 with SHA-256, of an event or of an artifact. As a value it names an
 * artifact by the hash of its bytes, and is never followed.
 */
public final class Link {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LENGTH = 36;
  private static final int TEXT = 59;

  private final byte[] cid;

  private Link(byte[] cid) {
    this.cid = cid;
  }

  /** The link of the CID in text, {@code bafkrei…} or {@code bafyrei…}. */
  public static Link parse(String text) {
    byte[] cid = new byte[LENGTH];
    int bits = 0;
    int held = 0;
    int at = 0;
    for (int i = 1; i < text.length() && text.length() == TEXT; i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        throw unusable(text);
      }
      held = (held << 5 | digit) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        cid[at++] = (byte) (held >> bits);
      }
    }
    Link link = at == LENGTH ? of(cid) : null;
    if (link == null || !link.toString().equals(text)) {
      throw unusable(text);
    }
    return link;
  }

  /** The link of an artifact whose bytes have this SHA-256, 64 hex digits. */
  public static Link ofArtifact(String sha256) {
    if (!Names.isFull(sha256)) {
      throw LinesealException.of("INVALID_ARGUMENT", "\"" + sha256 + "\" is no SHA-256")
          .remedy("Give 64 hex digits")
          .build();
    }
    return ofDigest(Names.CODEC_ARTIFACT, sha256);
  }

  static Link ofDigest(int codec, String sha256) {
    byte[] cid = new byte[LENGTH];
    byte[] head = {1, (byte) codec, 0x12, 0x20};
    System.arraycopy(head, 0, cid, 0, head.length);
    byte[] digest = HexFormat.of().parseHex(sha256);
    System.arraycopy(digest, 0, cid, head.length, 32);
    return new Link(cid);
  }

  /** The link of these 36 bytes; null when they are none. */
  static Link of(byte[] cid) {
    boolean sound =
        cid.length == LENGTH
            && cid[0] == 1
            && (cid[1] == Names.CODEC_EVENT || cid[1] == Names.CODEC_ARTIFACT)
            && cid[2] == 0x12
            && cid[3] == 0x20;
    return sound ? new Link(cid.clone()) : null;
  }

  /** 0x71 for an event, 0x55 for an artifact. */
  int codec() {
    return cid[1];
  }

  /** The SHA-256, 64 hex digits. */
  public String digest() {
    return HexFormat.of().formatHex(cid, 4, LENGTH);
  }

  ByteString bytes() {
    return ByteString.copyFrom(cid);
  }

  /** The CID in text. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("b");
    int bits = 0;
    int held = 0;
    for (byte next : cid) {
      held = (held << 8 | next & 0xff) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt(held >> bits & 31));
      }
    }
    return text.append(ALPHABET.charAt(held << 5 - bits & 31)).toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Link link && Arrays.equals(cid, link.cid);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(cid);
  }

  private static LinesealException unusable(String text) {
    return LinesealException.of(
            "INVALID_ARGUMENT", "\"" + text + "\" is no CID of an event or artifact")
        .remedy("Give a CID of version 1 in base32: bafyrei… or bafkrei…")
        .build();
  }
}
