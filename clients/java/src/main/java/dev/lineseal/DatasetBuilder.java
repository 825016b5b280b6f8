package dev.lineseal;

import dev.lineseal.v1.DatasetRecord;
import dev.lineseal.v1.EventDraft;
import java.util.Map;

/** Builds a draft of data that something is made from or measured on. */
public final class DatasetBuilder extends DraftBuilder<DatasetBuilder> {
  private final DatasetRecord.Builder record = DatasetRecord.newBuilder();

  DatasetBuilder(String name) {
    super(false);
    record.setName(text(name, "name"));
  }

  /** Its version. */
  public DatasetBuilder version(String version) {
    record.setVersion(text(version, "version"));
    return this;
  }

  /** Digest of its content, as {@code method:hex}. */
  public DatasetBuilder checksum(String checksum) {
    record.setChecksum(text(checksum, "checksum"));
    return this;
  }

  /** How the content was made bytes before the digest was taken. */
  public DatasetBuilder checksumMethod(String checksumMethod) {
    record.setChecksumMethod(text(checksumMethod, "checksum_method"));
    return this;
  }

  /** Number of rows. */
  public DatasetBuilder numRows(long numRows) {
    record.setNumRows(numRows);
    return this;
  }

  /** Size in bytes. */
  public DatasetBuilder numBytes(long numBytes) {
    record.setNumBytes(numBytes);
    return this;
  }

  /** Where it is kept. */
  public DatasetBuilder uri(String uri) {
    record.setUri(text(uri, "uri"));
    return this;
  }

  /** Part of the data, such as train or test. */
  public DatasetBuilder split(String split) {
    record.setSplit(text(split, "split"));
    return this;
  }

  /** Licence, preferably an SPDX expression. */
  public DatasetBuilder license(String license) {
    record.setLicense(text(license, "license"));
    return this;
  }

  /** Columns and their types. */
  public DatasetBuilder schema(Map<String, ?> schema) {
    record.putAllSchema(entries(schema, "schema"));
    return this;
  }

  /** Whatever else is worth keeping. */
  public DatasetBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public DatasetBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setDataset(record);
  }
}
