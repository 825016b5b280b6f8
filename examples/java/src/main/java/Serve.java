import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lineseal.Draft;
import dev.lineseal.PredictionLogger;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves the model that examples/model.py exported, and logs every answer. From the repository's
 * root, with Java 17 or later, Maven, and {@code pip install ".[server,demo]"}:
 *
 * <pre>
 *     $ lineseal serve --data ledgers &
 *     127.0.0.1:50051
 *     $ python examples/model.py grpc://localhost:50051/default model.json
 *     …
 *     $ mvn -q -f clients/java -DskipTests install
 *     $ mvn -q -f examples/java compile exec:exec -Dledger=grpc://localhost:50051/default -Dmodel=model.json -Dport=8080 &
 *     http://127.0.0.1:8080
 *     $ event=$(curl -s localhost:8080/predict -d '{"pixels": [0,0,5,13,9,1,0,0,0,0,13,15,10,15,5,0,0,3,15,2,0,11,8,0,0,4,12,0,0,8,8,0,0,5,8,0,0,9,8,0,0,4,11,0,1,12,7,0,0,2,14,5,10,12,0,0,0,0,6,13,10,0,0,0]}' | tee /dev/stderr | grep -o '[0-9a-f]\{64\}')
 *     {"class":0,"event":"…"}
 *     $ sleep 1; lineseal trace $event --ledger grpc://localhost:50051/default
 *     prediction …
 *     └── model digits-lr 1.0 …
 *         └── training digits-… digits-lr 1.0 …
 *             ├── hyperparameters: …
 *             └── train: dataset digits 1 …
 * </pre>
 *
 * The event is the answer's name in the ledger, where it is soon after: the trace leads from it to
 * the model, the training and the dataset.
 */
public final class Serve {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Model model;
  private final PredictionLogger logger;

  private Serve(Model model, PredictionLogger logger) {
    this.model = model;
    this.logger = logger;
  }

  public static void main(String[] arguments) throws IOException {
    Model model = JSON.readValue(new File(arguments[1]), Model.class);
    PredictionLogger logger =
        PredictionLogger.builder(arguments[0]).parent(model.parents()).actor("serve.java").build();
    HttpServer server =
        HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[2])), 0);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    server.setExecutor(threads);
    server.createContext("/predict", new Serve(model, logger)::predict);
    server.start();
    // The logger has no spool: closing it sends what is still in memory.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stop(1);
                  threads.shutdown();
                  logger.close();
                }));
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void predict(HttpExchange exchange) throws IOException {
    long began = System.nanoTime();
    Request request;
    try {
      request = JSON.readValue(exchange.getRequestBody(), Request.class);
    } catch (JsonProcessingException wrong) {
      answer(exchange, 400, Map.of("error", "send {\"pixels\": [64 numbers]}"));
      return;
    }
    if (request.pixels() == null || request.pixels().length != model.coef()[0].length) {
      answer(exchange, 400, Map.of("error", "a picture has " + model.coef()[0].length + " pixels"));
      return;
    }
    int digit = model.predict(request.pixels());
    PredictionLogger.Logged row =
        logger.log(
            Draft.prediction()
                .inputs(Map.of("pixels", request.pixels()))
                .output(digit)
                .latencyUs((System.nanoTime() - began) / 1_000));
    answer(exchange, 200, new Answer(digit, row.hash()));
  }

  private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  record Request(double[] pixels) {}

  record Answer(@JsonProperty("class") int digit, String event) {}

  /** The file of examples/model.py; its rows are for trying. */
  record Model(int[] classes, double[][] coef, double[] intercept, String parents, Object rows) {
    int predict(double[] pixels) {
      int best = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < classes.length; i++) {
        double score = intercept[i];
        for (int j = 0; j < pixels.length; j++) {
          score += coef[i][j] * pixels[j];
        }
        if (score > most) {
          best = i;
          most = score;
        }
      }
      return classes[best];
    }
  }
}
