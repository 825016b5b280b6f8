package dev.lineseal;

import java.time.Duration;
import java.util.function.Consumer;

/** What a logger was told; the defaults are said where they are set. */
record LoggerSettings(
    int batchRows,
    Duration batchAge,
    long bufferBytes,
    PredictionLogger.WhenFull whenFull,
    Duration blockAtMost,
    Duration deadline,
    String stream,
    String actor,
    Consumer<PredictionLogger.Lost> onLost) {}
