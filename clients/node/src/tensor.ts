// Tensors: arrays of numbers that keep type, shape and bits. May use errors.
import { endianness } from "node:os";
import { InvalidRecordError } from "./errors.js";

/** The views of JavaScript that are tensors; a Uint8Array (or Buffer) is bytes. */
export type NumberArray =
  | Int8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Element types of tensors, and how many bytes an element has. */
const SIZES = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
} as const;
export type DType = keyof typeof SIZES;

const DTYPES: Record<string, DType> = {
  Int8Array: "int8",
  Uint8Array: "uint8",
  Uint8ClampedArray: "uint8",
  Int16Array: "int16",
  Uint16Array: "uint16",
  Int32Array: "int32",
  Uint32Array: "uint32",
  BigInt64Array: "int64",
  BigUint64Array: "uint64",
  Float16Array: "float16",
  Float32Array: "float32",
  Float64Array: "float64",
};

/** An array with a shape: elements in C order, as bytes in little-endian. */
export class Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;

  /**
   * Of an array of numbers; `shape` is its length where none is given. For types that JavaScript
   * lacks give the elements' little-endian bytes as a Uint8Array, and `dtype`.
   */
  constructor(values: NumberArray | Uint8Array, options: { shape?: readonly number[]; dtype?: DType } = {}) {
    const own = dtypeOf(values);
    if (own === undefined) throw new InvalidRecordError("a tensor is made of a typed array of numbers");
    this.dtype = options.dtype ?? own;
    if (this.dtype !== own && own !== "uint8") {
      throw new InvalidRecordError(`a tensor of ${own} cannot be one of ${this.dtype}`, {
        remedy: "Leave dtype out, or give the bytes as a Uint8Array",
      });
    }
    const size = SIZES[this.dtype];
    this.data = this.dtype === own ? littleEndian(values, size) : new Uint8Array(bytesOf(values));
    this.shape = options.shape ?? [this.data.length / size];
    const counts = this.shape.every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!counts || this.shape.reduce((product, n) => product * n, size) !== this.data.length) {
      throw new InvalidRecordError(
        `a tensor of shape [${this.shape.join(", ")}] of ${this.dtype} does not have ${this.data.length} bytes`,
      );
    }
  }
}

/** The element type of a typed array; nothing for what is none. */
export function dtypeOf(values: unknown): DType | undefined {
  if (!ArrayBuffer.isView(values)) return undefined;
  return DTYPES[Object.prototype.toString.call(values).slice(8, -1)];
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function littleEndian(view: ArrayBufferView, size: number): Uint8Array {
  const bytes = Buffer.from(bytesOf(view));
  if (endianness() === "LE" || size === 1) return bytes;
  return size === 2 ? bytes.swap16() : size === 4 ? bytes.swap32() : bytes.swap64();
}
