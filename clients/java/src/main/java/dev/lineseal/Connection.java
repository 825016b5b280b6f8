package dev.lineseal;

import dev.lineseal.v1.LedgerServiceGrpc;
import dev.lineseal.v1.LedgerServiceGrpc.LedgerServiceBlockingStub;
import dev.lineseal.v1.ProvenanceServiceGrpc;
import dev.lineseal.v1.ProvenanceServiceGrpc.ProvenanceServiceBlockingStub;
import dev.lineseal.v1.ProvenanceServiceGrpc.ProvenanceServiceBlockingV2Stub;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The connection to one service: its calls, with a deadline, and again where that helps. */
final class Connection {
  /** A server answers with at most 4 MiB, and a little room for what later servers add. */
  private static final int MAX_ANSWER = 8 << 20;

  private final ManagedChannel channel;
  private final String address;
  private final Duration timeout;

  Connection(ManagedChannel channel, String address, Duration timeout) {
    this.channel = channel;
    this.address = address;
    this.timeout = timeout;
  }

  static ManagedChannel open(Address address) {
    return ManagedChannelBuilder.forAddress(address.host(), address.port())
        .usePlaintext()
        .maxInboundMessageSize(MAX_ANSWER)
        // A server that is gone without a word is noticed by pings.
        .keepAliveTime(20, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .build();
  }

  String address() {
    return address;
  }

  Duration timeout() {
    return timeout;
  }

  /** One answer. */
  <T> T ask(Function<ProvenanceServiceBlockingStub, T> call) {
    return ask(call, timeout);
  }

  <T> T ask(Function<ProvenanceServiceBlockingStub, T> call, Duration within) {
    return again(
        within,
        left ->
            call.apply(
                ProvenanceServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(left.toNanos(), TimeUnit.NANOSECONDS)));
  }

  <T> T askLedgers(Function<LedgerServiceBlockingStub, T> call, Duration within) {
    return again(
        within,
        left ->
            call.apply(
                LedgerServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(left.toNanos(), TimeUnit.NANOSECONDS)));
  }

  /** For streams, which take as long as they take: whoever reads says how long it waits. */
  ProvenanceServiceBlockingV2Stub streams() {
    check();
    return ProvenanceServiceGrpc.newBlockingV2Stub(channel);
  }

  /** By itself gRPC waits up to two minutes before it looks whether a server is back. */
  void hurry() {
    channel.resetConnectBackoff();
  }

  void close() {
    channel.shutdown();
    try {
      if (!channel.awaitTermination(5, TimeUnit.SECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private <T> T again(Duration within, Function<Duration, T> attempt) {
    Attempts attempts = new Attempts(this, within);
    while (true) {
      check();
      try {
        return attempt.apply(attempts.left());
      } catch (StatusRuntimeException error) {
        attempts.failed(error);
      }
    }
  }

  private void check() {
    if (channel.isShutdown()) {
      throw LinesealException.of("CLOSED", "the client of " + address + " is closed")
          .remedy("Make another client")
          .build();
    }
  }
}
