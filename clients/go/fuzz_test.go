package lineseal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/ipld/go-ipld-prime/codec/dagcbor"
	"github.com/ipld/go-ipld-prime/node/basicnode"
	"github.com/lineseal/lineseal/clients/go/internal/strict"
)

// FuzzBlocks: no bytes break the reader, and what it takes is what go-ipld-prime writes again. The
// seeds are the vectors; go test -fuzz Blocks goes on from there.
func FuzzBlocks(f *testing.F) {
	for _, name := range []string{"frame", "envelope", "values", "records"} {
		data, err := os.ReadFile("../../tests/spec/vectors/" + name + ".json")
		if errors.Is(err, os.ErrNotExist) {
			f.Skip("NOT RUN: the vectors are in lineseal's repository")
		}
		var file struct{ Cases []struct{ Block any } }
		if err := json.Unmarshal(data, &file); err != nil {
			f.Fatal(err)
		}
		for _, one := range file.Cases {
			if text, ok := one.Block.(string); ok {
				block, _ := hex.DecodeString(text)
				f.Add(block)
			}
		}
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		if event, err := ReadEvent(block); err == nil && event.Version == 1 {
			if _, err := event.Payload(); err != nil {
				t.Fatal(err)
			}
		}
		if strict.Check(block) != nil {
			return
		}
		builder := basicnode.Prototype.Any.NewBuilder()
		if err := dagcbor.Decode(builder, bytes.NewReader(block)); err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := dagcbor.Encode(builder.Build(), &again); err != nil || !bytes.Equal(again.Bytes(), block) {
			t.Fatalf("%x became %x: %v", block, again.Bytes(), err)
		}
	})
}
