package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.NewEvent;
import dev.lineseal.v1.RecordRequest;
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

    /** The receipts of a request, each the proof of what was asked for in its place. */
    List<Receipt> receipts(RecordRequest request, RecordResponse response) {
        int count = request.getEventsCount();
        if (response.getReceiptsCount() != count) {
            throw lie("gave " + response.getReceiptsCount() + " receipts for " + count + " events", null);
        }
        List<Receipt> receipts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            dev.lineseal.v1.Receipt given = response.getReceipts(i);
            String hash = hash(given.getHash());
            NewEvent event = request.getEvents(i);
            boolean checked = event.hasBlock() || request.getReturnBlocks();
            try {
                if (event.hasBlock()) {
                    same(Names.hash(event.getBlock().toByteArray()), hash);
                } else if (checked) {
                    drafted(event.getDraft(), given.getBlock().toByteArray(), hash, receipts);
                }
            } catch (LinesealException lie) {
                throw lie.at(i);
            }
            receipts.add(new Receipt(hash, given.getIndex(), given.getCreated(), checked));
        }
        return receipts;
    }

    /** An event whose block has the name that the server gives it. */
    Event event(dev.lineseal.v1.Event given) {
        String hash = hash(given.getHash());
        byte[] block = given.getBlock().toByteArray();
        String found = Names.hash(block);
        if (!found.equals(hash)) {
            throw lie("sent a block as event " + hash + " whose hash is " + found + ": it was changed", hash);
        }
        Envelope envelope;
        try {
            envelope = Envelope.read(block);
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

    String hash(com.google.protobuf.ByteString bytes) {
        if (bytes.size() != 32) {
            throw lie("sent a hash of " + bytes.size() + " bytes", null);
        }
        return Names.hex(bytes);
    }

    private void same(String ours, String said) {
        if (!ours.equals(said)) {
            throw lie("says that it recorded " + said + " for the block " + ours, ours);
        }
    }

    private void drafted(EventDraft draft, byte[] block, String hash, List<Receipt> earlier) {
        String found = Names.hash(block);
        if (!found.equals(hash)) {
            throw lie("says that it recorded " + hash + " and sent a block whose hash is " + found, hash);
        }
        Object said;
        try {
            said = DagCbor.read(block);
        } catch (LinesealException unread) {
            throw lie("recorded a draft as no event: " + unread.getMessage(), hash);
        }
        if (!Envelope.same(Expected.content(draft, place -> earlier.get(place).hash()), said)) {
            throw lie("recorded something else than the draft, as " + hash, hash);
        }
    }
}
