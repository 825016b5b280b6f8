package lineseal

// Go values as free values of an event, by the rules of docs/spec/event-format.md (E6 to E8).

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/ipfs/go-cid"
	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
)

type null struct{}

// Null is null where a field of kind any is to hold it: in Prediction{Output: lineseal.Null}.
// Deeper inside, nil is null.
var Null any = null{}

// most levels of maps and lists that are followed: more than a server takes, and an end to values
// that hold themselves.
const deepest = 100

// newValue makes a value of nil, bool, integers, floats, string, []byte, [Link], [Tensor],
// time.Time, and of slices, arrays, maps with string keys and pointers of these.
func newValue(path string, value any, depth int) (*pb.Value, *Error) {
	switch value := value.(type) {
	case nil, null:
		return &pb.Value{Kind: &pb.Value_NullValue{}}, nil
	case []byte:
		return &pb.Value{Kind: &pb.Value_BytesValue{BytesValue: bytes.Clone(value)}}, nil
	case Link:
		return &pb.Value{Kind: &pb.Value_LinkValue{LinkValue: Hash(value).cid(cid.Raw).Bytes()}}, nil
	case time.Time:
		return newMoment(path, value)
	case Tensor:
		return value.value(path)
	case time.Duration:
		return nil, fault(Encoding, path, "Give a number, and say in the key what it counts",
			"%s is a time span, for which the format has no value", path)
	}
	if depth == deepest {
		return nil, fault(InvalidRecord, path, "Does it hold itself? Flatten it",
			"the value at %s has too many maps and lists inside one another", path)
	}
	return byKind(path, reflect.ValueOf(value), depth)
}

func byKind(path string, value reflect.Value, depth int) (*pb.Value, *Error) {
	switch value.Kind() {
	case reflect.Bool:
		return &pb.Value{Kind: &pb.Value_BoolValue{BoolValue: value.Bool()}}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &pb.Value{Kind: &pb.Value_IntValue{IntValue: value.Int()}}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &pb.Value{Kind: &pb.Value_UintValue{UintValue: value.Uint()}}, nil
	case reflect.Float32, reflect.Float64:
		return &pb.Value{Kind: &pb.Value_DoubleValue{DoubleValue: value.Float()}}, nil
	case reflect.String:
		return newText(path, value.String())
	case reflect.Slice, reflect.Array:
		return newList(path, value, depth)
	case reflect.Map:
		return newMap(path, value, depth)
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return newValue(path, nil, depth)
		}
		return newValue(path, value.Elem().Interface(), depth+1)
	}
	return nil, fault(Encoding, path, "Make a map, a list or a text of it",
		"%s is a %s, for which the format has no value", path, value.Type())
}

func newText(path, text string) (*pb.Value, *Error) {
	if !utf8.ValidString(text) {
		return nil, fault(Encoding, path, "Give it as []byte", "the text at %s is not UTF-8", path)
	}
	return &pb.Value{Kind: &pb.Value_TextValue{TextValue: text}}, nil
}

// newMoment is the text of E8.2.
func newMoment(path string, moment time.Time) (*pb.Value, *Error) {
	moment = moment.UTC()
	if moment.Nanosecond()%1000 != 0 || moment.Year() < 1 || moment.Year() > 9999 {
		return nil, fault(Encoding, path, "Give it in microseconds (Truncate), within years 1 to 9999",
			"the time at %s is finer than a microsecond or too far away", path)
	}
	return newText(path, moment.Format("2006-01-02T15:04:05.000000Z"))
}

func newList(path string, list reflect.Value, depth int) (*pb.Value, *Error) {
	if list.Type().Elem().Kind() == reflect.Uint8 {
		copied := make([]byte, list.Len())
		for i := range copied {
			copied[i] = byte(list.Index(i).Uint())
		}
		return &pb.Value{Kind: &pb.Value_BytesValue{BytesValue: copied}}, nil
	}
	items := make([]*pb.Value, list.Len())
	for i := range items {
		item, err := newValue(fmt.Sprintf("%s[%d]", path, i), list.Index(i).Interface(), depth+1)
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return &pb.Value{Kind: &pb.Value_ListValue{ListValue: &pb.ListValue{Items: items}}}, nil
}

func newMap(path string, value reflect.Value, depth int) (*pb.Value, *Error) {
	if value.Type().Key().Kind() != reflect.String {
		return nil, fault(Encoding, path, "Make texts of its keys",
			"the map at %s has keys of type %s", path, value.Type().Key())
	}
	entries := make(map[string]*pb.Value, value.Len())
	for each := value.MapRange(); each.Next(); {
		key := each.Key().String()
		if !utf8.ValidString(key) {
			return nil, fault(Encoding, path, "Make texts of its keys", "a key of the map at %s is not UTF-8", path)
		}
		item, err := newValue(at(path, key), each.Value().Interface(), depth+1)
		if err != nil {
			return nil, err
		}
		entries[key] = item
	}
	return &pb.Value{Kind: &pb.Value_MapValue{MapValue: &pb.MapValue{Entries: entries}}}, nil
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// at is the path of a key in the map at a path.
func at(path, key string) string {
	if plainName.MatchString(key) {
		return path + "." + key
	}
	return fmt.Sprintf("%s[%q]", path, key)
}
