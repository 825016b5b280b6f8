package dev.lineseal;

import com.google.protobuf.ByteString;
import dev.lineseal.v1.CreateLedgerRequest;
import dev.lineseal.v1.GetEventRequest;
import dev.lineseal.v1.NewEvent;
import dev.lineseal.v1.RecordRequest;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A ledger of a lineseal server: records events, reads them, traces and verifies them. What the
 * server says is not believed: the hash of what is recorded is worked out here, and every block
 * that comes back is hashed.
 *
 * <p>All methods may be called from many threads. They throw {@link LinesealException}.
 */
public final class Client implements AutoCloseable {
  /** What events are found by. */
  public enum Key {
    /** Of predictions. */
    PREDICTION_ID,
    /** Of training runs. */
    RUN_ID,
    /** Name, or name@version, of models. */
    MODEL,
    /** Name, or name@version, of datasets. */
    DATASET,
    /** Name of deployments. */
    DEPLOYMENT,
    /** Of predictions and gaps. */
    STREAM,
    /** One of the ids of any event. */
    ID;

    String field() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Bytes of a request, by the protocol; beyond, gRPC itself refuses it without a reason. */
  private static final int MAX_REQUEST = 16 << 20;

  private final Connection connection;
  private final String ledger;
  private final Answers answers;

  private Client(Connection connection, String ledger) {
    this.connection = connection;
    this.ledger = ledger;
    answers = new Answers(connection.address());
  }

  /**
   * Connects to {@code host:port} or {@code grpc://host:port/ledger}; makes the ledger if need be.
   */
  public static Client connect(String target) {
    return connect(target, Address.of(target).ledger(), TIMEOUT);
  }

  /** Connects to a ledger of {@code host:port}, with the time that each call may take. */
  public static Client connect(String target, String ledger, Duration timeout) {
    Address address = Address.of(target);
    return over(Connection.open(address), address.toString(), ledger, timeout);
  }

  /**
   * A client over a channel of yours, for TLS, credentials and the like; closed with the client.
   */
  public static Client over(
      ManagedChannel channel, String address, String ledger, Duration timeout) {
    Connection connection = new Connection(channel, address, timeout);
    try {
      Client client = new Client(connection, ledger);
      client.meet(timeout.compareTo(CONNECT) < 0 ? timeout : CONNECT);
      return client;
    } catch (RuntimeException refusal) {
      connection.close();
      throw refusal;
    }
  }

  /** A client that has not asked yet whether anybody answers. */
  static Client unmet(String target) {
    Address address = Address.of(target);
    return new Client(
        new Connection(Connection.open(address), address.toString(), TIMEOUT), address.ledger());
  }

  /** Makes the ledger where it is not there yet. */
  void meet(Duration within) {
    CreateLedgerRequest request = CreateLedgerRequest.newBuilder().setLedger(ledger).build();
    connection.askLedgers(stub -> stub.createLedger(request), within);
  }

  /** Records one event; answers when it is durable. */
  public Receipt record(Draft draft) {
    return recordAll(List.of(draft)).get(0);
  }

  /** Records events, all or none, parents before children. */
  public List<Receipt> recordAll(List<Draft> drafts) {
    List<String> hashes = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      try {
        hashes.add(draft.hash(hashes));
      } catch (LinesealException refusal) {
        throw refusal.at(hashes.size());
      }
    }
    return send(request(drafts), hashes, connection.timeout());
  }

  /** Records canonical blocks, all or none, parents before children. */
  public List<Receipt> recordBlocks(List<byte[]> blocks) {
    RecordRequest.Builder request = RecordRequest.newBuilder().setLedger(ledger);
    blocks.forEach(
        block -> request.addEvents(NewEvent.newBuilder().setBlock(ByteString.copyFrom(block))));
    return send(request.build(), blocks.stream().map(Names::hash).toList(), connection.timeout());
  }

  /** One event, by its hash, its CID, or the first 8 digits of its hash or more. */
  public Event get(String name) {
    return get(name, connection.timeout());
  }

  Event get(String name, Duration within) {
    GetEventRequest request =
        GetEventRequest.newBuilder().setLedger(ledger).setName(Names.of(name)).build();
    return answers.named(
        answers.event(connection.ask(stub -> stub.getEvent(request), within).getEvent()), name);
  }

  /** Events by what people call them, newest first, at most so many. */
  public List<Event> find(Key key, String text, int limit) {
    return new Find(connection, answers, ledger).events(key, text, limit);
  }

  /**
   * Events and all their ancestors, every event before its parents; all hashed here, none missing.
   */
  public List<Event> trace(String... names) {
    return new Trace(connection, answers, ledger).events(List.of(names));
  }

  /**
   * Fetches events and all their ancestors and checks here every hash, form and link to a parent.
   */
  public Report verify(String... names) {
    List<String> whole = new ArrayList<>();
    boolean anchored = true;
    for (String name : names) {
      String full = Names.full(name);
      anchored &= full != null;
      whole.add(full == null ? get(name).hash() : full);
    }
    return new Trace(connection, answers, ledger).verified(whole, anchored);
  }

  /** The name of the ledger. */
  public String ledger() {
    return ledger;
  }

  /** Ends the connection. */
  @Override
  public void close() {
    connection.close();
  }

  RecordRequest request(List<Draft> drafts) {
    RecordRequest.Builder request = RecordRequest.newBuilder().setLedger(ledger);
    drafts.forEach(draft -> request.addEvents(NewEvent.newBuilder().setDraft(draft.message())));
    return request.build();
  }

  /** Sends a request, the same bytes again where that helps; the events' hashes are known. */
  List<Receipt> send(RecordRequest request, List<String> hashes, Duration within) {
    if (request.getSerializedSize() > MAX_REQUEST) {
      throw LinesealException.of(
              "INVALID_ARGUMENT",
              "the batch has "
                  + request.getSerializedSize()
                  + " bytes, and a request at most "
                  + MAX_REQUEST)
          .remedy("Record it in several batches")
          .build();
    }
    return answers.receipts(hashes, connection.ask(stub -> stub.record(request), within));
  }
}
