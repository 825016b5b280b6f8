package lineseal

import (
	"bytes"
	"encoding/binary"
	"fmt"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
)

// Tensor is an array of numbers of one type, kept bit by bit (E7.3 to E7.8).
type Tensor struct {
	DType string // bool, int8 … int64, uint8 … uint64, float16, float32, float64, complex64, complex128
	Shape []int64
	Data  []byte // little-endian, the last index fastest
}

// Number is what a tensor of Go's own numbers may hold.
type Number interface {
	bool | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 |
		float32 | float64 | complex64 | complex128
}

// TensorOf makes a tensor of numbers that lie in C order; without a shape it has one dimension.
func TensorOf[T Number](numbers []T, shape ...int64) Tensor {
	var data bytes.Buffer
	// Writing to a buffer does not fail, and all these types have a fixed size.
	_ = binary.Write(&data, binary.LittleEndian, numbers)
	if len(shape) == 0 {
		shape = []int64{int64(len(numbers))}
	}
	return Tensor{DType: typeName(numbers), Shape: shape, Data: data.Bytes()}
}

func typeName(numbers any) string {
	switch numbers.(type) {
	case []bool:
		return "bool"
	case []int8:
		return "int8"
	case []int16:
		return "int16"
	case []int32:
		return "int32"
	case []int64:
		return "int64"
	case []uint8:
		return "uint8"
	case []uint16:
		return "uint16"
	case []uint32:
		return "uint32"
	case []uint64:
		return "uint64"
	case []float32:
		return "float32"
	case []float64:
		return "float64"
	case []complex64:
		return "complex64"
	}
	return "complex128"
}

var sizes = map[string]int64{
	"bool": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "uint8": 1, "uint16": 2, "uint32": 4,
	"uint64": 8, "float16": 2, "float32": 4, "float64": 8, "complex64": 8, "complex128": 16,
}

// check says whether type, shape and data go together.
func (t Tensor) check(path string) *Error {
	size, known := sizes[t.DType]
	if !known {
		return fault(InvalidRecord, path, "Use one of the types of E7.4",
			"the tensor at %s has the unknown type %q", path, t.DType)
	}
	if !t.fills(size) {
		shape := fmt.Sprint(t.Shape[:min(len(t.Shape), 16)])
		return fault(InvalidRecord, path, "Check shape and type",
			"the tensor at %s of shape %s and type %s does not take %d bytes", path, shape, t.DType, len(t.Data))
	}
	return nil
}

// fills says whether elements of this size, as many as the shape says, are the data. No number grows
// beyond the data's length: of a long shape that somebody else wrote, the product would take minutes.
func (t Tensor) fills(size int64) bool {
	has, product := int64(len(t.Data)), size
	for _, length := range t.Shape {
		if length < 0 {
			return false
		}
		if has == 0 {
			product = min(product, length) // 0 once one is
		} else if length == 0 || product > has/length {
			return false
		} else {
			product *= length
		}
	}
	return product == has
}

// value is the tensor in its reserved form; a wrong shape is told here, where it was made.
func (t Tensor) value(path string) (*pb.Value, *Error) {
	if err := t.check(path); err != nil {
		return nil, err
	}
	shape := make([]any, len(t.Shape))
	for i, length := range t.Shape {
		shape[i] = length
	}
	data := t.Data
	if data == nil {
		data = []byte{}
	}
	form := Map{"dtype": t.DType, "shape": shape, "data": data}
	return newValue(path, Map{"lineseal:tensor": form}, 0)
}
