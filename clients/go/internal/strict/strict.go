// Package strict says whether bytes are strict DAG-CBOR as docs/spec/event-format.md asks for
// (E1.2 to E1.15), in one pass and without building anything. go-ipld-prime, which reads the values
// afterwards, takes longer forms, any order of keys, indefinite lengths and much else.
package strict

import (
	"bytes"
	"fmt"
	"math"
	"unicode/utf8"
)

// Deepest is how many maps and lists may lie inside one another, the outermost included.
const Deepest = 24

// The majors of CBOR.
const (
	unsigned = iota
	negative
	byteString
	text
	list
	mapping
	tag
	simple
)

// double begins a float of 64 bits.
const double = 0xfb

// Check refuses what is not exactly one strict item.
func Check(block []byte) error {
	reader := scan{block: block}
	if err := reader.item(0); err != nil {
		return fmt.Errorf("at byte %d: %w", reader.at, err)
	}
	if reader.at != len(block) {
		return fmt.Errorf("at byte %d: bytes follow the item", reader.at)
	}
	return nil
}

type scan struct {
	block []byte
	at    int
}

// take gives the next bytes.
func (s *scan) take(count uint64) ([]byte, error) {
	if count > uint64(len(s.block)-s.at) {
		return nil, fmt.Errorf("%d bytes are declared, %d left", count, len(s.block)-s.at)
	}
	taken := s.block[s.at : s.at+int(count)]
	s.at += int(count)
	return taken, nil
}

// head reads an initial byte and its argument, which must be in the shortest form; of major 7, the
// bits of a float.
func (s *scan) head() (first byte, argument uint64, err error) {
	head, err := s.take(1)
	if err != nil {
		return 0, 0, err
	}
	first = head[0]
	major, info := first>>5, first&31
	if info < 24 || major == simple && first != double {
		return first, uint64(info), nil
	}
	if info > 27 {
		return 0, 0, fmt.Errorf("an indefinite length, or the reserved head %02x", first)
	}
	wide, err := s.take(1 << (info - 24))
	if err != nil {
		return 0, 0, err
	}
	for _, digit := range wide {
		argument = argument<<8 | uint64(digit)
	}
	least := []uint64{24, 1 << 8, 1 << 16, 1 << 32}[info-24]
	if major != simple && argument < least {
		return 0, 0, fmt.Errorf("%d is not in its shortest form", argument)
	}
	return first, argument, nil
}

func (s *scan) item(depth int) error {
	first, argument, err := s.head()
	if err != nil {
		return err
	}
	switch major := first >> 5; major {
	case negative:
		if argument > math.MaxInt64 {
			return fmt.Errorf("an integer below -2^63")
		}
	case byteString:
		_, err = s.take(argument)
	case text:
		_, err = s.text(argument)
	case list, mapping:
		return s.inside(major, argument, depth+1)
	case tag:
		return s.link(argument)
	case simple:
		return simpleOrFloat(first, argument)
	}
	return err
}

func (s *scan) text(length uint64) ([]byte, error) {
	found, err := s.take(length)
	if err == nil && !utf8.Valid(found) {
		err = fmt.Errorf("a text that is not UTF-8")
	}
	return found, err
}

// inside reads the items of a list or the pairs of a map.
func (s *scan) inside(major byte, count uint64, depth int) error {
	if depth > Deepest {
		return fmt.Errorf("maps and lists are more than %d deep", Deepest)
	}
	if each := uint64(major-list) + 1; count > uint64(len(s.block)-s.at)/each {
		return fmt.Errorf("%d items are declared, %d bytes left", count, len(s.block)-s.at)
	}
	var before []byte
	for i := range count {
		if major == mapping {
			key, err := s.key()
			if err != nil {
				return err
			}
			if i > 0 && !ordered(before, key) {
				return fmt.Errorf("the key %q does not stand behind %q", key, before)
			}
			before = key
		}
		if err := s.item(depth); err != nil {
			return err
		}
	}
	return nil
}

func (s *scan) key() ([]byte, error) {
	first, length, err := s.head()
	if err == nil && first>>5 != text {
		err = fmt.Errorf("a key that is no text")
	}
	if err != nil {
		return nil, err
	}
	return s.text(length)
}

// ordered says whether a stands before b: the shorter first, then by bytes.
func ordered(a, b []byte) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return bytes.Compare(a, b) < 0
}

// link reads what stands behind tag 42: 00 and a CIDv1, dag-cbor or raw, with sha2-256.
func (s *scan) link(number uint64) error {
	if number != 42 {
		return fmt.Errorf("the tag %d", number)
	}
	head, err := s.take(7)
	if err != nil {
		return err
	}
	dag := bytes.Equal(head, []byte{0x58, 37, 0, 1, 0x71, 0x12, 32})
	raw := bytes.Equal(head, []byte{0x58, 37, 0, 1, 0x55, 0x12, 32})
	if !dag && !raw {
		return fmt.Errorf("a link that is no CIDv1 of dag-cbor or raw with sha2-256")
	}
	_, err = s.take(32)
	return err
}

// simpleOrFloat takes false, true, null and finite floats of 64 bits but -0.0.
func simpleOrFloat(first byte, bits uint64) error {
	switch first {
	case 0xf4, 0xf5, 0xf6:
		return nil
	case double:
	default:
		return fmt.Errorf("the simple value or float of head %02x", first)
	}
	number := math.Float64frombits(bits)
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return fmt.Errorf("a float that is not finite")
	}
	if number == 0 && math.Signbit(number) {
		return fmt.Errorf("-0.0")
	}
	return nil
}
