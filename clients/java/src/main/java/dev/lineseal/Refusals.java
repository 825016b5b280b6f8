package dev.lineseal;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A service's errors as exceptions, by {@code docs/spec/errors.md}. */
final class Refusals {
  private static final String DOMAIN = "lineseal";
  private static final String ABSENT =
      "Is `lineseal serve` running there? Check the address, or give a longer timeout";

  /** What gRPC in its languages says of a message; all else in its place is a limit of a rate. */
  private static final Pattern TOO_LONG = Pattern.compile("larger than max|exceeds maximum size");

  /** No server holds anybody for longer. */
  private static final long LONGEST = 30;

  private static final Set<String> RETRYABLE =
      Set.of(
          "LEDGER_LOCKED",
          "OUTCOME_UNKNOWN",
          "STORAGE_FULL",
          "STORAGE",
          "SERVICE_UNAVAILABLE",
          "OVERLOADED");

  private Refusals() {}

  static LinesealException of(StatusRuntimeException error, String address) {
    com.google.rpc.Status said = StatusProto.fromThrowable(error);
    ErrorInfo info = detail(said, ErrorInfo.class);
    if (info == null || !info.getDomain().equals(DOMAIN)) {
      return foreign(error, address);
    }
    String reason = info.getReason();
    Status.Code status = error.getStatus().getCode();
    String position = info.getMetadataOrDefault("position", "");
    return LinesealException.of(reason, said.getMessage())
        .field(info.getMetadataMap().get("field"))
        .path(info.getMetadataMap().get("path"))
        .hash(info.getMetadataMap().get("hash"))
        .position(position.matches("[0-9]{1,18}") ? Long.parseLong(position) : -1)
        .remedy(info.getMetadataMap().get("remedy"))
        // A later server may have reasons that are not known here: their status tells them apart.
        .retryable(RETRYABLE.contains(reason) || status == Status.Code.UNAVAILABLE)
        .ofARow(status == Status.Code.INVALID_ARGUMENT || reason.equals("PARENT_NOT_FOUND"))
        .cause(error)
        .build();
  }

  /** After which time the server wants to be asked again. */
  static Duration pause(StatusRuntimeException error) {
    RetryInfo info = detail(StatusProto.fromThrowable(error), RetryInfo.class);
    long seconds =
        info == null ? 0 : Math.max(0, Math.min(info.getRetryDelay().getSeconds(), LONGEST));
    return Duration.ofSeconds(seconds, info == null ? 0 : info.getRetryDelay().getNanos());
  }

  private static <T extends Message> T detail(com.google.rpc.Status status, Class<T> kind) {
    for (Any detail : status == null ? List.<Any>of() : status.getDetailsList()) {
      try {
        if (detail.is(kind)) {
          return detail.unpack(kind);
        }
      } catch (InvalidProtocolBufferException damaged) {
        return null; // Not what a server of ours says.
      }
    }
    return null;
  }

  /** Errors that gRPC itself makes, or another service at this address. */
  private static LinesealException foreign(StatusRuntimeException error, String address) {
    String text = error.getStatus().getDescription();
    String said = text == null ? "" : ": " + text;
    LinesealException.Builder made =
        switch (error.getStatus().getCode()) {
          case UNAVAILABLE ->
              LinesealException.of("SERVICE_UNAVAILABLE", "nobody answers at " + address + said)
                  .remedy(ABSENT)
                  .retryable(true);
          case CANCELLED ->
              LinesealException.of(
                      "SERVICE_UNAVAILABLE",
                      "the service at " + address + " dropped the call" + said)
                  .remedy("It stops, or took the call for one that nobody reads:" + " try again")
                  .retryable(true);
          case DEADLINE_EXCEEDED ->
              LinesealException.of("TIMEOUT", address + " did not answer in time")
                  .remedy("Give a longer timeout");
          case RESOURCE_EXHAUSTED ->
              TOO_LONG.matcher(said).find()
                  ? LinesealException.of(
                          "INVALID_ARGUMENT", address + " refused the message" + said)
                      .remedy("Send less at a time")
                      .ofARow(true)
                  : LinesealException.of("OVERLOADED", address + " has no room for the call" + said)
                      .remedy("Call less often, or try again later")
                      .retryable(true);
          case UNIMPLEMENTED ->
              LinesealException.of(
                      "UNSUPPORTED",
                      "the service at " + address + " does not know this call" + said)
                  .remedy("Is it a lineseal server, and not older than this" + " client?");
          default ->
              LinesealException.of(
                      "INTERNAL", address + " answered " + error.getStatus().getCode() + said)
                  .remedy("Is it a lineseal server?");
        };
    return made.cause(error).build();
  }
}
