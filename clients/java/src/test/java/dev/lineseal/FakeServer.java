package dev.lineseal;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.lineseal.v1.CreateLedgerRequest;
import dev.lineseal.v1.CreateLedgerResponse;
import dev.lineseal.v1.Event;
import dev.lineseal.v1.FindEventsRequest;
import dev.lineseal.v1.FindEventsResponse;
import dev.lineseal.v1.LedgerServiceGrpc;
import dev.lineseal.v1.NewEvent;
import dev.lineseal.v1.ProvenanceServiceGrpc;
import dev.lineseal.v1.RecordRequest;
import dev.lineseal.v1.RecordResponse;
import dev.lineseal.v1.TraceRequest;
import dev.lineseal.v1.TraceResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A server in this process that records into a list, and does as a test says. Blocks are Jackson's.
 */
final class FakeServer implements AutoCloseable {
  /** All requests that came, refused ones too. */
  final List<RecordRequest> requests = new CopyOnWriteArrayList<>();

  /** The blocks that were recorded. */
  final List<byte[]> blocks = new CopyOnWriteArrayList<>();

  /** What is answered to any trace. */
  volatile List<Event> trace = List.of();

  /** What does the answering of a trace instead, where it is given. */
  volatile BiConsumer<TraceRequest, ServerCallStreamObserver<TraceResponse>> tracing;

  /** What is answered to any search. */
  volatile Supplier<FindEventsResponse> found = FindEventsResponse::getDefaultInstance;

  /** What is refused: an exception for a request, or null. */
  volatile Function<RecordRequest, RuntimeException> refusal = request -> null;

  /** What becomes of an answer. */
  volatile Function<RecordResponse, RecordResponse> lie = answer -> answer;

  private final String name = InProcessServerBuilder.generateName();
  private final Server server;

  FakeServer() throws IOException {
    server =
        InProcessServerBuilder.forName(name)
            .addService(new Provenance())
            .addService(new Ledgers())
            .build()
            .start();
  }

  Client client(Duration timeout) {
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    return Client.over(channel, "fake", "default", timeout);
  }

  static RuntimeException refused(
      Code status, String reason, Map<String, String> about, Message... more) {
    ErrorInfo info =
        ErrorInfo.newBuilder()
            .setDomain("lineseal")
            .setReason(reason)
            .putAllMetadata(about)
            .build();
    Status.Builder said = Status.newBuilder().setCode(status.getNumber()).setMessage("no");
    said.addDetails(Any.pack(info));
    Arrays.stream(more).forEach(detail -> said.addDetails(Any.pack(detail)));
    return StatusProto.toStatusRuntimeException(said.build());
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Provenance extends ProvenanceServiceGrpc.ProvenanceServiceImplBase {
    @Override
    public void record(RecordRequest request, StreamObserver<RecordResponse> observer) {
      requests.add(request);
      RuntimeException refused = refusal.apply(request);
      if (refused != null) {
        observer.onError(refused);
        return;
      }
      RecordResponse.Builder answer = RecordResponse.newBuilder();
      List<String> hashes = new ArrayList<>();
      for (NewEvent event : request.getEventsList()) {
        byte[] block =
            event.hasBlock()
                ? event.getBlock().toByteArray()
                : encoded(Expected.content(event.getDraft(), hashes));
        hashes.add(Names.hash(block));
        boolean created = blocks.stream().noneMatch(one -> Arrays.equals(one, block));
        if (created) {
          blocks.add(block);
        }
        answer.addReceipts(
            dev.lineseal.v1.Receipt.newBuilder()
                .setHash(Names.bytes(Names.hash(block)))
                .setIndex(blocks.size() - 1)
                .setCreated(created));
      }
      observer.onNext(lie.apply(answer.build()));
      observer.onCompleted();
    }

    @Override
    public void trace(TraceRequest request, StreamObserver<TraceResponse> observer) {
      if (tracing != null) {
        tracing.accept(request, (ServerCallStreamObserver<TraceResponse>) observer);
        return;
      }
      observer.onNext(TraceResponse.newBuilder().addAllEvents(trace).build());
      observer.onCompleted();
    }

    @Override
    public void findEvents(FindEventsRequest request, StreamObserver<FindEventsResponse> observer) {
      observer.onNext(found.get());
      observer.onCompleted();
    }
  }

  private static final class Ledgers extends LedgerServiceGrpc.LedgerServiceImplBase {
    @Override
    public void createLedger(
        CreateLedgerRequest request, StreamObserver<CreateLedgerResponse> observer) {
      observer.onNext(CreateLedgerResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }

  /** DAG-CBOR of a value, for these tests alone. */
  static byte[] encoded(Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CBORGenerator generator = new CBORFactory().createGenerator(out)) {
      write(generator, value);
    } catch (IOException impossible) {
      throw new java.io.UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  private static void write(CBORGenerator to, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      to.writeStartObject(map, map.size());
      List<String> keys = new ArrayList<>();
      map.keySet().forEach(key -> keys.add((String) key));
      keys.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
      for (String key : keys) {
        to.writeFieldName(key);
        write(to, map.get(key));
      }
      to.writeEndObject();
    } else if (value instanceof List<?> list) {
      to.writeStartArray(list, list.size());
      for (Object item : list) {
        write(to, item);
      }
      to.writeEndArray();
    } else if (value instanceof Link link) {
      to.writeTag(42);
      to.writeBinary(ByteString.copyFrom(new byte[1]).concat(link.bytes()).toByteArray());
    } else if (value instanceof byte[] bytes) {
      to.writeBinary(bytes);
    } else if (value instanceof Long number) {
      to.writeNumber(number);
    } else if (value instanceof Double number) {
      to.writeNumber(number);
    } else if (value instanceof Boolean bool) {
      to.writeBoolean(bool);
    } else if (value == null) {
      to.writeNull();
    } else {
      to.writeString((String) value);
    }
  }
}
