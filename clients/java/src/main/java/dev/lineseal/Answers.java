package dev.lineseal;

import com.google.protobuf.ByteString;
import dev.lineseal.v1.RecordResponse;
import java.util.ArrayList;
import java.util.List;

/** Nothing that a server says is believed: what it sends is held against what was asked. */
final class Answers {
  private final String address;

  Answers(String address) {
    this.address = address;
  }

  LinesealException lie(String message, String hash) {
    return LinesealException.of("CORRUPT_LEDGER", "the server at " + address + " " + message)
        .hash(hash)
        .remedy("Do not trust this answer; keep your receipts, and ask the server's operator")
        .build();
  }

  /** The receipts of a request; each must be for the event in its place, whose hash is known. */
  List<Receipt> receipts(List<String> hashes, RecordResponse response) {
    if (response.getReceiptsCount() != hashes.size()) {
      throw lie(
          "gave " + response.getReceiptsCount() + " receipts for " + hashes.size() + " events",
          null);
    }
    List<Receipt> receipts = new ArrayList<>(hashes.size());
    for (dev.lineseal.v1.Receipt given : response.getReceiptsList()) {
      String hash = hashes.get(receipts.size());
      if (!given.getHash().equals(Names.bytes(hash))) {
        String said = Names.hex(given.getHash());
        throw lie("says that it recorded " + said + " where the event is " + hash, hash)
            .at(receipts.size());
      }
      receipts.add(new Receipt(hash, given.getIndex(), given.getCreated()));
    }
    return receipts;
  }

  /** An event whose block has the name that the server gives it. */
  Event event(dev.lineseal.v1.Event given) {
    String hash = hash(given.getHash());
    byte[] block = given.getBlock().toByteArray();
    String found = Names.hash(block);
    if (!found.equals(hash)) {
      throw lie(
          "sent a block as event " + hash + " whose hash is " + found + ": it was changed", hash);
    }
    Envelope envelope;
    try {
      envelope = Envelope.read(block);
      if (!envelope.isNewer()) {
        envelope.check();
      }
    } catch (LinesealException unread) {
      throw lie("sent " + hash + ", which is no event: " + unread.getMessage(), hash);
    }
    return new Event(hash, given.getIndex(), block, given.getRecordedAt(), envelope);
  }

  Event named(Event event, String name) {
    if (!Names.isNamed(event.hash(), name)) {
      throw lie("was asked for " + name + " and sent another event, " + event.hash(), event.hash());
    }
    return event;
  }

  String hash(ByteString bytes) {
    if (bytes.size() != 32) {
      throw lie("sent a hash of " + bytes.size() + " bytes", null);
    }
    return Names.hex(bytes);
  }
}
