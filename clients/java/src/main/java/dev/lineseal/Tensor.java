package dev.lineseal;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * An array of numbers of one type: elements in C order (the last index runs fastest),
 * little-endian. An array of primitives given as a value becomes one of one dimension, but for
 * bytes.
 *
 * @param dtype such as {@code float64}, {@code int32} or {@code bool}
 * @param shape its dimensions; empty for one element
 * @param data the elements' bytes
 */
public record Tensor(String dtype, List<Long> shape, byte[] data) {
  /** Keeps copies. */
  public Tensor {
    shape = List.copyOf(shape);
    data = data.clone();
  }

  /** A copy. */
  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor tensor
        && dtype.equals(tensor.dtype)
        && shape.equals(tensor.shape)
        && Arrays.equals(data, tensor.data);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hash(dtype, shape) + Arrays.hashCode(data);
  }

  /**
   * An array of primitives ({@code double[]}, {@code float[]}, {@code long[]}, {@code int[]},
   * {@code short[]}, {@code byte[]}, {@code boolean[]}) as a tensor of this shape; without a shape,
   * of one dimension.
   */
  public static Tensor of(Object array, long... shape) {
    int length = array.getClass().isArray() ? Array.getLength(array) : 0;
    List<Long> dimensions =
        shape.length == 0 ? List.of((long) length) : Arrays.stream(shape).boxed().toList();
    if (dimensions.stream().reduce(1L, Math::multiplyExact) != length) {
      throw LinesealException.of(
              "INVALID_ARGUMENT",
              "the shape " + dimensions + " is not that of " + length + " elements")
          .build();
    }
    String dtype = dtype(array);
    if (dtype == null) {
      throw LinesealException.of(
              "ENCODING", "a " + array.getClass().getTypeName() + " is no tensor")
          .remedy("Give an array of double, float, long, int, short, byte or boolean")
          .build();
    }
    return new Tensor(dtype, dimensions, bytes(array));
  }

  /** The name of an array's elements; null where they are none of a tensor. */
  static String dtype(Object array) {
    return array instanceof double[]
        ? "float64"
        : array instanceof float[]
            ? "float32"
            : array instanceof long[]
                ? "int64"
                : array instanceof int[]
                    ? "int32"
                    : array instanceof short[]
                        ? "int16"
                        : array instanceof byte[]
                            ? "int8"
                            : array instanceof boolean[] ? "bool" : null;
  }

  private static byte[] bytes(Object array) {
    if (array instanceof double[] some) {
      ByteBuffer out = buffer(some.length, 8);
      out.asDoubleBuffer().put(some);
      return out.array();
    }
    if (array instanceof float[] some) {
      ByteBuffer out = buffer(some.length, 4);
      out.asFloatBuffer().put(some);
      return out.array();
    }
    if (array instanceof long[] some) {
      ByteBuffer out = buffer(some.length, 8);
      out.asLongBuffer().put(some);
      return out.array();
    }
    if (array instanceof int[] some) {
      ByteBuffer out = buffer(some.length, 4);
      out.asIntBuffer().put(some);
      return out.array();
    }
    if (array instanceof short[] some) {
      ByteBuffer out = buffer(some.length, 2);
      out.asShortBuffer().put(some);
      return out.array();
    }
    if (array instanceof boolean[] some) {
      byte[] out = new byte[some.length];
      for (int i = 0; i < some.length; i++) {
        out[i] = (byte) (some[i] ? 1 : 0);
      }
      return out;
    }
    return (byte[]) array;
  }

  private static ByteBuffer buffer(int length, int width) {
    return ByteBuffer.allocate(Math.multiplyExact(length, width)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
