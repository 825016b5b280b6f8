package dev.lineseal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** An event as the ledger holds it; its bytes have been hashed here and have its name. */
public final class Event {
  private final String hash;
  private final long index;
  private final byte[] block;
  private final long recordedAt;
  private final Envelope envelope;

  Event(String hash, long index, byte[] block, long recordedAt, Envelope envelope) {
    this.hash = hash;
    this.index = index;
    this.block = block;
    this.recordedAt = recordedAt;
    this.envelope = envelope;
  }

  /** Its name, 64 hex digits. */
  public String hash() {
    return hash;
  }

  /** Its name as a CID, {@code bafyrei…}. */
  public String cid() {
    return Link.ofDigest(Names.CODEC_EVENT, hash).toString();
  }

  /** Its place in the ledger, as the server says. */
  public long index() {
    return index;
  }

  /** Its canonical bytes. */
  public byte[] block() {
    return block.clone();
  }

  /** When it became durable, by the server's clock: a claim, which no hash covers. */
  public Instant recordedAt() {
    return Instant.EPOCH.plus(recordedAt, ChronoUnit.MICROS);
  }

  /** Its type, such as {@code model}. */
  public String type() {
    return envelope.content().get("type") instanceof String type ? type : "";
  }

  /** The hashes of its parents, in the block's order. */
  public List<String> parents() {
    return List.copyOf(envelope.parents());
  }

  /** The role of each parent, empty where it has none. */
  public List<String> roles() {
    return envelope.roles();
  }

  /** What is recorded. */
  @SuppressWarnings("unchecked") // The keys of all maps of blocks are text.
  public Map<String, Object> payload() {
    return envelope.content().get("payload") instanceof Map<?, ?> map
        ? (Map<String, Object>) map
        : Map.of();
  }

  /**
   * The whole block, read: null, Boolean, Long, BigInteger (beyond 2^63-1), Double, String, byte[],
   * Link, List and Map, with keys in the block's order.
   */
  public Map<String, Object> content() {
    return envelope.content();
  }

  @Override
  public String toString() {
    return type() + " " + hash.substring(0, 12) + " at index " + Long.toUnsignedString(index);
  }
}
