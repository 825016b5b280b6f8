package dev.lineseal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VectorsTest {
  @Test
  void everyVectorHoldsThatIsCovered() {
    assertEquals(0, Vectors.run(Path.of("../../tests/spec/vectors")));
  }
}
