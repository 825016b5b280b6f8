package dev.lineseal.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Records, reads, traces and verifies the events of a ledger.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ProvenanceServiceGrpc {

  private ProvenanceServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "lineseal.v1.ProvenanceService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.RecordRequest,
      dev.lineseal.v1.RecordResponse> getRecordMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Record",
      requestType = dev.lineseal.v1.RecordRequest.class,
      responseType = dev.lineseal.v1.RecordResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.RecordRequest,
      dev.lineseal.v1.RecordResponse> getRecordMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.RecordRequest, dev.lineseal.v1.RecordResponse> getRecordMethod;
    if ((getRecordMethod = ProvenanceServiceGrpc.getRecordMethod) == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        if ((getRecordMethod = ProvenanceServiceGrpc.getRecordMethod) == null) {
          ProvenanceServiceGrpc.getRecordMethod = getRecordMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.RecordRequest, dev.lineseal.v1.RecordResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Record"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.RecordRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.RecordResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProvenanceServiceMethodDescriptorSupplier("Record"))
              .build();
        }
      }
    }
    return getRecordMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.GetEventRequest,
      dev.lineseal.v1.GetEventResponse> getGetEventMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetEvent",
      requestType = dev.lineseal.v1.GetEventRequest.class,
      responseType = dev.lineseal.v1.GetEventResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.GetEventRequest,
      dev.lineseal.v1.GetEventResponse> getGetEventMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.GetEventRequest, dev.lineseal.v1.GetEventResponse> getGetEventMethod;
    if ((getGetEventMethod = ProvenanceServiceGrpc.getGetEventMethod) == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        if ((getGetEventMethod = ProvenanceServiceGrpc.getGetEventMethod) == null) {
          ProvenanceServiceGrpc.getGetEventMethod = getGetEventMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.GetEventRequest, dev.lineseal.v1.GetEventResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetEvent"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.GetEventRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.GetEventResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProvenanceServiceMethodDescriptorSupplier("GetEvent"))
              .build();
        }
      }
    }
    return getGetEventMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.ListEventsRequest,
      dev.lineseal.v1.ListEventsResponse> getListEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListEvents",
      requestType = dev.lineseal.v1.ListEventsRequest.class,
      responseType = dev.lineseal.v1.ListEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.ListEventsRequest,
      dev.lineseal.v1.ListEventsResponse> getListEventsMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.ListEventsRequest, dev.lineseal.v1.ListEventsResponse> getListEventsMethod;
    if ((getListEventsMethod = ProvenanceServiceGrpc.getListEventsMethod) == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        if ((getListEventsMethod = ProvenanceServiceGrpc.getListEventsMethod) == null) {
          ProvenanceServiceGrpc.getListEventsMethod = getListEventsMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.ListEventsRequest, dev.lineseal.v1.ListEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.ListEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.ListEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProvenanceServiceMethodDescriptorSupplier("ListEvents"))
              .build();
        }
      }
    }
    return getListEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.FindEventsRequest,
      dev.lineseal.v1.FindEventsResponse> getFindEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "FindEvents",
      requestType = dev.lineseal.v1.FindEventsRequest.class,
      responseType = dev.lineseal.v1.FindEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.FindEventsRequest,
      dev.lineseal.v1.FindEventsResponse> getFindEventsMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.FindEventsRequest, dev.lineseal.v1.FindEventsResponse> getFindEventsMethod;
    if ((getFindEventsMethod = ProvenanceServiceGrpc.getFindEventsMethod) == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        if ((getFindEventsMethod = ProvenanceServiceGrpc.getFindEventsMethod) == null) {
          ProvenanceServiceGrpc.getFindEventsMethod = getFindEventsMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.FindEventsRequest, dev.lineseal.v1.FindEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "FindEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.FindEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.FindEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProvenanceServiceMethodDescriptorSupplier("FindEvents"))
              .build();
        }
      }
    }
    return getFindEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.TraceRequest,
      dev.lineseal.v1.TraceResponse> getTraceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Trace",
      requestType = dev.lineseal.v1.TraceRequest.class,
      responseType = dev.lineseal.v1.TraceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.TraceRequest,
      dev.lineseal.v1.TraceResponse> getTraceMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.TraceRequest, dev.lineseal.v1.TraceResponse> getTraceMethod;
    if ((getTraceMethod = ProvenanceServiceGrpc.getTraceMethod) == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        if ((getTraceMethod = ProvenanceServiceGrpc.getTraceMethod) == null) {
          ProvenanceServiceGrpc.getTraceMethod = getTraceMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.TraceRequest, dev.lineseal.v1.TraceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Trace"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.TraceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.TraceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProvenanceServiceMethodDescriptorSupplier("Trace"))
              .build();
        }
      }
    }
    return getTraceMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.ImpactRequest,
      dev.lineseal.v1.ImpactResponse> getImpactMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Impact",
      requestType = dev.lineseal.v1.ImpactRequest.class,
      responseType = dev.lineseal.v1.ImpactResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.ImpactRequest,
      dev.lineseal.v1.ImpactResponse> getImpactMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.ImpactRequest, dev.lineseal.v1.ImpactResponse> getImpactMethod;
    if ((getImpactMethod = ProvenanceServiceGrpc.getImpactMethod) == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        if ((getImpactMethod = ProvenanceServiceGrpc.getImpactMethod) == null) {
          ProvenanceServiceGrpc.getImpactMethod = getImpactMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.ImpactRequest, dev.lineseal.v1.ImpactResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Impact"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.ImpactRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.ImpactResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProvenanceServiceMethodDescriptorSupplier("Impact"))
              .build();
        }
      }
    }
    return getImpactMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.VerifyRequest,
      dev.lineseal.v1.VerifyResponse> getVerifyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Verify",
      requestType = dev.lineseal.v1.VerifyRequest.class,
      responseType = dev.lineseal.v1.VerifyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.VerifyRequest,
      dev.lineseal.v1.VerifyResponse> getVerifyMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.VerifyRequest, dev.lineseal.v1.VerifyResponse> getVerifyMethod;
    if ((getVerifyMethod = ProvenanceServiceGrpc.getVerifyMethod) == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        if ((getVerifyMethod = ProvenanceServiceGrpc.getVerifyMethod) == null) {
          ProvenanceServiceGrpc.getVerifyMethod = getVerifyMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.VerifyRequest, dev.lineseal.v1.VerifyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Verify"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.VerifyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.VerifyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProvenanceServiceMethodDescriptorSupplier("Verify"))
              .build();
        }
      }
    }
    return getVerifyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.VerifyLedgerRequest,
      dev.lineseal.v1.VerifyLedgerResponse> getVerifyLedgerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "VerifyLedger",
      requestType = dev.lineseal.v1.VerifyLedgerRequest.class,
      responseType = dev.lineseal.v1.VerifyLedgerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.VerifyLedgerRequest,
      dev.lineseal.v1.VerifyLedgerResponse> getVerifyLedgerMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.VerifyLedgerRequest, dev.lineseal.v1.VerifyLedgerResponse> getVerifyLedgerMethod;
    if ((getVerifyLedgerMethod = ProvenanceServiceGrpc.getVerifyLedgerMethod) == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        if ((getVerifyLedgerMethod = ProvenanceServiceGrpc.getVerifyLedgerMethod) == null) {
          ProvenanceServiceGrpc.getVerifyLedgerMethod = getVerifyLedgerMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.VerifyLedgerRequest, dev.lineseal.v1.VerifyLedgerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "VerifyLedger"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.VerifyLedgerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.VerifyLedgerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProvenanceServiceMethodDescriptorSupplier("VerifyLedger"))
              .build();
        }
      }
    }
    return getVerifyLedgerMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ProvenanceServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProvenanceServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProvenanceServiceStub>() {
        @java.lang.Override
        public ProvenanceServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProvenanceServiceStub(channel, callOptions);
        }
      };
    return ProvenanceServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ProvenanceServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProvenanceServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProvenanceServiceBlockingV2Stub>() {
        @java.lang.Override
        public ProvenanceServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProvenanceServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ProvenanceServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ProvenanceServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProvenanceServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProvenanceServiceBlockingStub>() {
        @java.lang.Override
        public ProvenanceServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProvenanceServiceBlockingStub(channel, callOptions);
        }
      };
    return ProvenanceServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ProvenanceServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProvenanceServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProvenanceServiceFutureStub>() {
        @java.lang.Override
        public ProvenanceServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProvenanceServiceFutureStub(channel, callOptions);
        }
      };
    return ProvenanceServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Records, reads, traces and verifies the events of a ledger.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Records a batch: all of it or nothing. Answers when it is durable. Content is the idempotency
     * key: sending the same request again adds nothing and gives the same hashes and indices.
     * </pre>
     */
    default void record(dev.lineseal.v1.RecordRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.RecordResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRecordMethod(), responseObserver);
    }

    /**
     * <pre>
     * One event.
     * </pre>
     */
    default void getEvent(dev.lineseal.v1.GetEventRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.GetEventResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetEventMethod(), responseObserver);
    }

    /**
     * <pre>
     * Events in the order of the log, filtered, in pages.
     * </pre>
     */
    default void listEvents(dev.lineseal.v1.ListEventsRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.ListEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Events by what people call them, newest first, in pages.
     * </pre>
     */
    default void findEvents(dev.lineseal.v1.FindEventsRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.FindEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getFindEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Events and all their ancestors, by descending index: every event before its parents.
     * </pre>
     */
    default void trace(dev.lineseal.v1.TraceRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.TraceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getTraceMethod(), responseObserver);
    }

    /**
     * <pre>
     * All descendants of an event, by ascending index.
     * </pre>
     */
    default void impact(dev.lineseal.v1.ImpactRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.ImpactResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getImpactMethod(), responseObserver);
    }

    /**
     * <pre>
     * What the server finds when it rehashes events and all their ancestors. Whoever does not trust
     * the server takes Trace and hashes the blocks.
     * </pre>
     */
    default void verify(dev.lineseal.v1.VerifyRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.VerifyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getVerifyMethod(), responseObserver);
    }

    /**
     * <pre>
     * The same for the whole ledger, from its files alone, with progress. The last message has the
     * report.
     * </pre>
     */
    default void verifyLedger(dev.lineseal.v1.VerifyLedgerRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.VerifyLedgerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getVerifyLedgerMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ProvenanceService.
   * <pre>
   * Records, reads, traces and verifies the events of a ledger.
   * </pre>
   */
  public static abstract class ProvenanceServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ProvenanceServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ProvenanceService.
   * <pre>
   * Records, reads, traces and verifies the events of a ledger.
   * </pre>
   */
  public static final class ProvenanceServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ProvenanceServiceStub> {
    private ProvenanceServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProvenanceServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProvenanceServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a batch: all of it or nothing. Answers when it is durable. Content is the idempotency
     * key: sending the same request again adds nothing and gives the same hashes and indices.
     * </pre>
     */
    public void record(dev.lineseal.v1.RecordRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.RecordResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRecordMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * One event.
     * </pre>
     */
    public void getEvent(dev.lineseal.v1.GetEventRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.GetEventResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetEventMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Events in the order of the log, filtered, in pages.
     * </pre>
     */
    public void listEvents(dev.lineseal.v1.ListEventsRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.ListEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Events by what people call them, newest first, in pages.
     * </pre>
     */
    public void findEvents(dev.lineseal.v1.FindEventsRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.FindEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getFindEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Events and all their ancestors, by descending index: every event before its parents.
     * </pre>
     */
    public void trace(dev.lineseal.v1.TraceRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.TraceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getTraceMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * All descendants of an event, by ascending index.
     * </pre>
     */
    public void impact(dev.lineseal.v1.ImpactRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.ImpactResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getImpactMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * What the server finds when it rehashes events and all their ancestors. Whoever does not trust
     * the server takes Trace and hashes the blocks.
     * </pre>
     */
    public void verify(dev.lineseal.v1.VerifyRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.VerifyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getVerifyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The same for the whole ledger, from its files alone, with progress. The last message has the
     * report.
     * </pre>
     */
    public void verifyLedger(dev.lineseal.v1.VerifyLedgerRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.VerifyLedgerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getVerifyLedgerMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ProvenanceService.
   * <pre>
   * Records, reads, traces and verifies the events of a ledger.
   * </pre>
   */
  public static final class ProvenanceServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ProvenanceServiceBlockingV2Stub> {
    private ProvenanceServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProvenanceServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProvenanceServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a batch: all of it or nothing. Answers when it is durable. Content is the idempotency
     * key: sending the same request again adds nothing and gives the same hashes and indices.
     * </pre>
     */
    public dev.lineseal.v1.RecordResponse record(dev.lineseal.v1.RecordRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRecordMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * One event.
     * </pre>
     */
    public dev.lineseal.v1.GetEventResponse getEvent(dev.lineseal.v1.GetEventRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetEventMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Events in the order of the log, filtered, in pages.
     * </pre>
     */
    public dev.lineseal.v1.ListEventsResponse listEvents(dev.lineseal.v1.ListEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Events by what people call them, newest first, in pages.
     * </pre>
     */
    public dev.lineseal.v1.FindEventsResponse findEvents(dev.lineseal.v1.FindEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getFindEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Events and all their ancestors, by descending index: every event before its parents.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.lineseal.v1.TraceResponse>
        trace(dev.lineseal.v1.TraceRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getTraceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * All descendants of an event, by ascending index.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.lineseal.v1.ImpactResponse>
        impact(dev.lineseal.v1.ImpactRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getImpactMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * What the server finds when it rehashes events and all their ancestors. Whoever does not trust
     * the server takes Trace and hashes the blocks.
     * </pre>
     */
    public dev.lineseal.v1.VerifyResponse verify(dev.lineseal.v1.VerifyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getVerifyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The same for the whole ledger, from its files alone, with progress. The last message has the
     * report.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.lineseal.v1.VerifyLedgerResponse>
        verifyLedger(dev.lineseal.v1.VerifyLedgerRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getVerifyLedgerMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ProvenanceService.
   * <pre>
   * Records, reads, traces and verifies the events of a ledger.
   * </pre>
   */
  public static final class ProvenanceServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ProvenanceServiceBlockingStub> {
    private ProvenanceServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProvenanceServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProvenanceServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a batch: all of it or nothing. Answers when it is durable. Content is the idempotency
     * key: sending the same request again adds nothing and gives the same hashes and indices.
     * </pre>
     */
    public dev.lineseal.v1.RecordResponse record(dev.lineseal.v1.RecordRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRecordMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * One event.
     * </pre>
     */
    public dev.lineseal.v1.GetEventResponse getEvent(dev.lineseal.v1.GetEventRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetEventMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Events in the order of the log, filtered, in pages.
     * </pre>
     */
    public dev.lineseal.v1.ListEventsResponse listEvents(dev.lineseal.v1.ListEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Events by what people call them, newest first, in pages.
     * </pre>
     */
    public dev.lineseal.v1.FindEventsResponse findEvents(dev.lineseal.v1.FindEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getFindEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Events and all their ancestors, by descending index: every event before its parents.
     * </pre>
     */
    public java.util.Iterator<dev.lineseal.v1.TraceResponse> trace(
        dev.lineseal.v1.TraceRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getTraceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * All descendants of an event, by ascending index.
     * </pre>
     */
    public java.util.Iterator<dev.lineseal.v1.ImpactResponse> impact(
        dev.lineseal.v1.ImpactRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getImpactMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * What the server finds when it rehashes events and all their ancestors. Whoever does not trust
     * the server takes Trace and hashes the blocks.
     * </pre>
     */
    public dev.lineseal.v1.VerifyResponse verify(dev.lineseal.v1.VerifyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getVerifyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The same for the whole ledger, from its files alone, with progress. The last message has the
     * report.
     * </pre>
     */
    public java.util.Iterator<dev.lineseal.v1.VerifyLedgerResponse> verifyLedger(
        dev.lineseal.v1.VerifyLedgerRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getVerifyLedgerMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ProvenanceService.
   * <pre>
   * Records, reads, traces and verifies the events of a ledger.
   * </pre>
   */
  public static final class ProvenanceServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ProvenanceServiceFutureStub> {
    private ProvenanceServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProvenanceServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProvenanceServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a batch: all of it or nothing. Answers when it is durable. Content is the idempotency
     * key: sending the same request again adds nothing and gives the same hashes and indices.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.lineseal.v1.RecordResponse> record(
        dev.lineseal.v1.RecordRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRecordMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * One event.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.lineseal.v1.GetEventResponse> getEvent(
        dev.lineseal.v1.GetEventRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetEventMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Events in the order of the log, filtered, in pages.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.lineseal.v1.ListEventsResponse> listEvents(
        dev.lineseal.v1.ListEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListEventsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Events by what people call them, newest first, in pages.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.lineseal.v1.FindEventsResponse> findEvents(
        dev.lineseal.v1.FindEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getFindEventsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * What the server finds when it rehashes events and all their ancestors. Whoever does not trust
     * the server takes Trace and hashes the blocks.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.lineseal.v1.VerifyResponse> verify(
        dev.lineseal.v1.VerifyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getVerifyMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_RECORD = 0;
  private static final int METHODID_GET_EVENT = 1;
  private static final int METHODID_LIST_EVENTS = 2;
  private static final int METHODID_FIND_EVENTS = 3;
  private static final int METHODID_TRACE = 4;
  private static final int METHODID_IMPACT = 5;
  private static final int METHODID_VERIFY = 6;
  private static final int METHODID_VERIFY_LEDGER = 7;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_RECORD:
          serviceImpl.record((dev.lineseal.v1.RecordRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.RecordResponse>) responseObserver);
          break;
        case METHODID_GET_EVENT:
          serviceImpl.getEvent((dev.lineseal.v1.GetEventRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.GetEventResponse>) responseObserver);
          break;
        case METHODID_LIST_EVENTS:
          serviceImpl.listEvents((dev.lineseal.v1.ListEventsRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.ListEventsResponse>) responseObserver);
          break;
        case METHODID_FIND_EVENTS:
          serviceImpl.findEvents((dev.lineseal.v1.FindEventsRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.FindEventsResponse>) responseObserver);
          break;
        case METHODID_TRACE:
          serviceImpl.trace((dev.lineseal.v1.TraceRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.TraceResponse>) responseObserver);
          break;
        case METHODID_IMPACT:
          serviceImpl.impact((dev.lineseal.v1.ImpactRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.ImpactResponse>) responseObserver);
          break;
        case METHODID_VERIFY:
          serviceImpl.verify((dev.lineseal.v1.VerifyRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.VerifyResponse>) responseObserver);
          break;
        case METHODID_VERIFY_LEDGER:
          serviceImpl.verifyLedger((dev.lineseal.v1.VerifyLedgerRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.VerifyLedgerResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getRecordMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.lineseal.v1.RecordRequest,
              dev.lineseal.v1.RecordResponse>(
                service, METHODID_RECORD)))
        .addMethod(
          getGetEventMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.lineseal.v1.GetEventRequest,
              dev.lineseal.v1.GetEventResponse>(
                service, METHODID_GET_EVENT)))
        .addMethod(
          getListEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.lineseal.v1.ListEventsRequest,
              dev.lineseal.v1.ListEventsResponse>(
                service, METHODID_LIST_EVENTS)))
        .addMethod(
          getFindEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.lineseal.v1.FindEventsRequest,
              dev.lineseal.v1.FindEventsResponse>(
                service, METHODID_FIND_EVENTS)))
        .addMethod(
          getTraceMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.lineseal.v1.TraceRequest,
              dev.lineseal.v1.TraceResponse>(
                service, METHODID_TRACE)))
        .addMethod(
          getImpactMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.lineseal.v1.ImpactRequest,
              dev.lineseal.v1.ImpactResponse>(
                service, METHODID_IMPACT)))
        .addMethod(
          getVerifyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.lineseal.v1.VerifyRequest,
              dev.lineseal.v1.VerifyResponse>(
                service, METHODID_VERIFY)))
        .addMethod(
          getVerifyLedgerMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.lineseal.v1.VerifyLedgerRequest,
              dev.lineseal.v1.VerifyLedgerResponse>(
                service, METHODID_VERIFY_LEDGER)))
        .build();
  }

  private static abstract class ProvenanceServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ProvenanceServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.lineseal.v1.Provenance.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ProvenanceService");
    }
  }

  private static final class ProvenanceServiceFileDescriptorSupplier
      extends ProvenanceServiceBaseDescriptorSupplier {
    ProvenanceServiceFileDescriptorSupplier() {}
  }

  private static final class ProvenanceServiceMethodDescriptorSupplier
      extends ProvenanceServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ProvenanceServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (ProvenanceServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ProvenanceServiceFileDescriptorSupplier())
              .addMethod(getRecordMethod())
              .addMethod(getGetEventMethod())
              .addMethod(getListEventsMethod())
              .addMethod(getFindEventsMethod())
              .addMethod(getTraceMethod())
              .addMethod(getImpactMethod())
              .addMethod(getVerifyMethod())
              .addMethod(getVerifyLedgerMethod())
              .build();
        }
      }
    }
    return result;
  }
}
