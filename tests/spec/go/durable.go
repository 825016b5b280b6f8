package main

// DURABLE: how far the log is known to be on the disk; of a closed ledger, all of it.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
)

const slotBytes = 512

type mark struct{ number, segment, end, events uint64 }

// durable wants a clean mark at the end of the log, in one of two slots that both hold.
func (l *ledger) durable(data []byte, end segmentFile) error {
	if len(data) != 2*slotBytes {
		return fmt.Errorf("it has %d bytes", len(data))
	}
	var newest mark
	for place := range 2 {
		found, err := l.slot(data[place*slotBytes:][:slotBytes], uint64(place))
		if err != nil {
			return fmt.Errorf("slot %d: %w", place, err)
		}
		if found.number > newest.number {
			newest = found
		}
	}
	first, _ := strconv.ParseUint(end.name[:12], 10, 64)
	due := mark{newest.number, first, uint64(len(end.data)), l.Events}
	if newest.number == 0 || newest != due {
		return fmt.Errorf("the newest mark is %+v, and the log ends at %+v", newest, due)
	}
	slot := data[newest.number%2*slotBytes:][:slotBytes]
	last := l.last
	if last == nil {
		last = make([]byte, cidBytes)
	}
	if slot[40] != 1 || !bytes.Equal(slot[41:77], last) {
		return fmt.Errorf("the newest mark is not clean, or not of the last frame")
	}
	return nil
}

// slot is empty or a whole mark; number 0 stands for the former.
func (l *ledger) slot(slot []byte, place uint64) (mark, error) {
	if bytes.Equal(slot, make([]byte, slotBytes)) {
		return mark{}, nil
	}
	word := binary.LittleEndian.Uint64
	found := mark{word(slot[8:]), word(slot[16:]), word(slot[24:]), word(slot[32:])}
	switch {
	case binary.LittleEndian.Uint32(slot[508:]) != crc32.ChecksumIEEE(slot[:508]):
		return mark{}, fmt.Errorf("its crc does not fit")
	case string(slot[:8]) != "lineseal" || found.number == 0 || found.number%2 != place:
		return mark{}, fmt.Errorf("it is no mark of this slot")
	case slot[40] > 1 || !bytes.Equal(slot[77:508], make([]byte, 431)):
		return mark{}, fmt.Errorf("it holds what no mark has")
	}
	return found, nil
}
