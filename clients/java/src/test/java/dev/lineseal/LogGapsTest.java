package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogGapsTest {
  @Test
  void gapsAreKeptInLittleMemoryAndRecordedTogether() throws IOException {
    LogGaps gaps = new LogGaps("s");
    for (int i = 0; i < 25_000; i++) {
      gaps.note(2L * i, i % 2 == 0 ? "dropped: OVERLOADED" : "refused: ENCODING");
    }
    try (FakeServer server = new FakeServer();
        Client client = server.client(Duration.ofSeconds(5))) {
      while (gaps.record(client, Duration.ofSeconds(5))) {}
      assertTrue(server.requests.size() <= 10, "" + server.requests.size());
      long count = 0;
      long last = 0;
      for (byte[] block : server.blocks) {
        Map<?, ?> gap = (Map<?, ?>) Envelope.read(block).check().content().get("payload");
        count += (Long) gap.get("count");
        last = (Long) gap.get("last_seq");
      }
      assertEquals(25_000, count);
      assertEquals(49_998, last);
    }
  }
}
