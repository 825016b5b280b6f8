package dev.lineseal;

import dev.lineseal.v1.EventDraft;
import dev.lineseal.v1.ModelRecord;
import java.util.Map;

/** Builds a draft of a trained model as a thing that can be deployed. */
public final class ModelBuilder extends DraftBuilder<ModelBuilder> {
  private final ModelRecord.Builder record = ModelRecord.newBuilder();

  ModelBuilder(String name) {
    super(false);
    record.setName(text(name, "name"));
  }

  /** Its version. */
  public ModelBuilder version(String version) {
    record.setVersion(text(version, "version"));
    return this;
  }

  /** Digest of its content, as {@code method:hex}. */
  public ModelBuilder checksum(String checksum) {
    record.setChecksum(text(checksum, "checksum"));
    return this;
  }

  /** How the content was made bytes before the digest was taken. */
  public ModelBuilder checksumMethod(String checksumMethod) {
    record.setChecksumMethod(text(checksumMethod, "checksum_method"));
    return this;
  }

  /** Size in bytes. */
  public ModelBuilder numBytes(long numBytes) {
    record.setNumBytes(numBytes);
    return this;
  }

  /** Format of the file, such as pickle or onnx. */
  public ModelBuilder format(String format) {
    record.setFormat(text(format, "format"));
    return this;
  }

  /** Where it is kept. */
  public ModelBuilder uri(String uri) {
    record.setUri(text(uri, "uri"));
    return this;
  }

  /** Licence, preferably an SPDX expression. */
  public ModelBuilder license(String license) {
    record.setLicense(text(license, "license"));
    return this;
  }

  /** Whatever else is worth keeping. */
  public ModelBuilder property(String key, Object value) {
    String path = Values.inside("payload.properties", Values.text(key, "payload.properties"));
    record.putProperties(key, Values.of(value, path, Values.DEPTH + 1));
    return this;
  }

  /** The same for all entries of a map. */
  public ModelBuilder properties(Map<String, ?> properties) {
    record.putAllProperties(entries(properties, "properties"));
    return this;
  }

  @Override
  void ids(Iterable<String> ids) {
    record.addAllIds(ids);
  }

  @Override
  void fill(EventDraft.Builder draft) {
    draft.setModel(record);
  }
}
