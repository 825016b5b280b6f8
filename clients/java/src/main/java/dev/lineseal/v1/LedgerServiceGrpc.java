package dev.lineseal.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Makes and lists ledgers.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class LedgerServiceGrpc {

  private LedgerServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "lineseal.v1.LedgerService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.CreateLedgerRequest,
      dev.lineseal.v1.CreateLedgerResponse> getCreateLedgerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateLedger",
      requestType = dev.lineseal.v1.CreateLedgerRequest.class,
      responseType = dev.lineseal.v1.CreateLedgerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.CreateLedgerRequest,
      dev.lineseal.v1.CreateLedgerResponse> getCreateLedgerMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.CreateLedgerRequest, dev.lineseal.v1.CreateLedgerResponse> getCreateLedgerMethod;
    if ((getCreateLedgerMethod = LedgerServiceGrpc.getCreateLedgerMethod) == null) {
      synchronized (LedgerServiceGrpc.class) {
        if ((getCreateLedgerMethod = LedgerServiceGrpc.getCreateLedgerMethod) == null) {
          LedgerServiceGrpc.getCreateLedgerMethod = getCreateLedgerMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.CreateLedgerRequest, dev.lineseal.v1.CreateLedgerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateLedger"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.CreateLedgerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.CreateLedgerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LedgerServiceMethodDescriptorSupplier("CreateLedger"))
              .build();
        }
      }
    }
    return getCreateLedgerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.GetLedgerRequest,
      dev.lineseal.v1.GetLedgerResponse> getGetLedgerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetLedger",
      requestType = dev.lineseal.v1.GetLedgerRequest.class,
      responseType = dev.lineseal.v1.GetLedgerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.GetLedgerRequest,
      dev.lineseal.v1.GetLedgerResponse> getGetLedgerMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.GetLedgerRequest, dev.lineseal.v1.GetLedgerResponse> getGetLedgerMethod;
    if ((getGetLedgerMethod = LedgerServiceGrpc.getGetLedgerMethod) == null) {
      synchronized (LedgerServiceGrpc.class) {
        if ((getGetLedgerMethod = LedgerServiceGrpc.getGetLedgerMethod) == null) {
          LedgerServiceGrpc.getGetLedgerMethod = getGetLedgerMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.GetLedgerRequest, dev.lineseal.v1.GetLedgerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetLedger"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.GetLedgerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.GetLedgerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LedgerServiceMethodDescriptorSupplier("GetLedger"))
              .build();
        }
      }
    }
    return getGetLedgerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.lineseal.v1.ListLedgersRequest,
      dev.lineseal.v1.ListLedgersResponse> getListLedgersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListLedgers",
      requestType = dev.lineseal.v1.ListLedgersRequest.class,
      responseType = dev.lineseal.v1.ListLedgersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.lineseal.v1.ListLedgersRequest,
      dev.lineseal.v1.ListLedgersResponse> getListLedgersMethod() {
    io.grpc.MethodDescriptor<dev.lineseal.v1.ListLedgersRequest, dev.lineseal.v1.ListLedgersResponse> getListLedgersMethod;
    if ((getListLedgersMethod = LedgerServiceGrpc.getListLedgersMethod) == null) {
      synchronized (LedgerServiceGrpc.class) {
        if ((getListLedgersMethod = LedgerServiceGrpc.getListLedgersMethod) == null) {
          LedgerServiceGrpc.getListLedgersMethod = getListLedgersMethod =
              io.grpc.MethodDescriptor.<dev.lineseal.v1.ListLedgersRequest, dev.lineseal.v1.ListLedgersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListLedgers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.ListLedgersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.lineseal.v1.ListLedgersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LedgerServiceMethodDescriptorSupplier("ListLedgers"))
              .build();
        }
      }
    }
    return getListLedgersMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static LedgerServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<LedgerServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<LedgerServiceStub>() {
        @java.lang.Override
        public LedgerServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new LedgerServiceStub(channel, callOptions);
        }
      };
    return LedgerServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static LedgerServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<LedgerServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<LedgerServiceBlockingV2Stub>() {
        @java.lang.Override
        public LedgerServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new LedgerServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return LedgerServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static LedgerServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<LedgerServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<LedgerServiceBlockingStub>() {
        @java.lang.Override
        public LedgerServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new LedgerServiceBlockingStub(channel, callOptions);
        }
      };
    return LedgerServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static LedgerServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<LedgerServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<LedgerServiceFutureStub>() {
        @java.lang.Override
        public LedgerServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new LedgerServiceFutureStub(channel, callOptions);
        }
      };
    return LedgerServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Makes and lists ledgers.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Makes a ledger, or finds that it is there.
     * </pre>
     */
    default void createLedger(dev.lineseal.v1.CreateLedgerRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.CreateLedgerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateLedgerMethod(), responseObserver);
    }

    /**
     * <pre>
     * A ledger in numbers.
     * </pre>
     */
    default void getLedger(dev.lineseal.v1.GetLedgerRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.GetLedgerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetLedgerMethod(), responseObserver);
    }

    /**
     * <pre>
     * All ledgers by name, in pages.
     * </pre>
     */
    default void listLedgers(dev.lineseal.v1.ListLedgersRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.ListLedgersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListLedgersMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service LedgerService.
   * <pre>
   * Makes and lists ledgers.
   * </pre>
   */
  public static abstract class LedgerServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return LedgerServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service LedgerService.
   * <pre>
   * Makes and lists ledgers.
   * </pre>
   */
  public static final class LedgerServiceStub
      extends io.grpc.stub.AbstractAsyncStub<LedgerServiceStub> {
    private LedgerServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected LedgerServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new LedgerServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a ledger, or finds that it is there.
     * </pre>
     */
    public void createLedger(dev.lineseal.v1.CreateLedgerRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.CreateLedgerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateLedgerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * A ledger in numbers.
     * </pre>
     */
    public void getLedger(dev.lineseal.v1.GetLedgerRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.GetLedgerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetLedgerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * All ledgers by name, in pages.
     * </pre>
     */
    public void listLedgers(dev.lineseal.v1.ListLedgersRequest request,
        io.grpc.stub.StreamObserver<dev.lineseal.v1.ListLedgersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListLedgersMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service LedgerService.
   * <pre>
   * Makes and lists ledgers.
   * </pre>
   */
  public static final class LedgerServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<LedgerServiceBlockingV2Stub> {
    private LedgerServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected LedgerServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new LedgerServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a ledger, or finds that it is there.
     * </pre>
     */
    public dev.lineseal.v1.CreateLedgerResponse createLedger(dev.lineseal.v1.CreateLedgerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateLedgerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A ledger in numbers.
     * </pre>
     */
    public dev.lineseal.v1.GetLedgerResponse getLedger(dev.lineseal.v1.GetLedgerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetLedgerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * All ledgers by name, in pages.
     * </pre>
     */
    public dev.lineseal.v1.ListLedgersResponse listLedgers(dev.lineseal.v1.ListLedgersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListLedgersMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service LedgerService.
   * <pre>
   * Makes and lists ledgers.
   * </pre>
   */
  public static final class LedgerServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<LedgerServiceBlockingStub> {
    private LedgerServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected LedgerServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new LedgerServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a ledger, or finds that it is there.
     * </pre>
     */
    public dev.lineseal.v1.CreateLedgerResponse createLedger(dev.lineseal.v1.CreateLedgerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateLedgerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A ledger in numbers.
     * </pre>
     */
    public dev.lineseal.v1.GetLedgerResponse getLedger(dev.lineseal.v1.GetLedgerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetLedgerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * All ledgers by name, in pages.
     * </pre>
     */
    public dev.lineseal.v1.ListLedgersResponse listLedgers(dev.lineseal.v1.ListLedgersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListLedgersMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service LedgerService.
   * <pre>
   * Makes and lists ledgers.
   * </pre>
   */
  public static final class LedgerServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<LedgerServiceFutureStub> {
    private LedgerServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected LedgerServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new LedgerServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a ledger, or finds that it is there.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.lineseal.v1.CreateLedgerResponse> createLedger(
        dev.lineseal.v1.CreateLedgerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateLedgerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * A ledger in numbers.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.lineseal.v1.GetLedgerResponse> getLedger(
        dev.lineseal.v1.GetLedgerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetLedgerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * All ledgers by name, in pages.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.lineseal.v1.ListLedgersResponse> listLedgers(
        dev.lineseal.v1.ListLedgersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListLedgersMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_LEDGER = 0;
  private static final int METHODID_GET_LEDGER = 1;
  private static final int METHODID_LIST_LEDGERS = 2;

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
        case METHODID_CREATE_LEDGER:
          serviceImpl.createLedger((dev.lineseal.v1.CreateLedgerRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.CreateLedgerResponse>) responseObserver);
          break;
        case METHODID_GET_LEDGER:
          serviceImpl.getLedger((dev.lineseal.v1.GetLedgerRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.GetLedgerResponse>) responseObserver);
          break;
        case METHODID_LIST_LEDGERS:
          serviceImpl.listLedgers((dev.lineseal.v1.ListLedgersRequest) request,
              (io.grpc.stub.StreamObserver<dev.lineseal.v1.ListLedgersResponse>) responseObserver);
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
          getCreateLedgerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.lineseal.v1.CreateLedgerRequest,
              dev.lineseal.v1.CreateLedgerResponse>(
                service, METHODID_CREATE_LEDGER)))
        .addMethod(
          getGetLedgerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.lineseal.v1.GetLedgerRequest,
              dev.lineseal.v1.GetLedgerResponse>(
                service, METHODID_GET_LEDGER)))
        .addMethod(
          getListLedgersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.lineseal.v1.ListLedgersRequest,
              dev.lineseal.v1.ListLedgersResponse>(
                service, METHODID_LIST_LEDGERS)))
        .build();
  }

  private static abstract class LedgerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    LedgerServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.lineseal.v1.Provenance.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("LedgerService");
    }
  }

  private static final class LedgerServiceFileDescriptorSupplier
      extends LedgerServiceBaseDescriptorSupplier {
    LedgerServiceFileDescriptorSupplier() {}
  }

  private static final class LedgerServiceMethodDescriptorSupplier
      extends LedgerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    LedgerServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (LedgerServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new LedgerServiceFileDescriptorSupplier())
              .addMethod(getCreateLedgerMethod())
              .addMethod(getGetLedgerMethod())
              .addMethod(getListLedgersMethod())
              .build();
        }
      }
    }
    return result;
  }
}
