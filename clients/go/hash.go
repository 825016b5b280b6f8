package lineseal

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/ipfs/go-cid"
	"github.com/multiformats/go-multihash"
)

// Hash is the SHA-256 of an event's block: the event's name.
type Hash [sha256.Size]byte

// HashOf names a block.
func HashOf(block []byte) Hash { return sha256.Sum256(block) }

// ParseHash reads 64 hex digits, or the CID of an event (bafyrei…).
func ParseHash(text string) (Hash, error) {
	var hash Hash
	if len(text) == 2*len(hash) {
		if _, err := hex.Decode(hash[:], []byte(text)); err == nil {
			return hash, nil
		}
	} else if id, err := cid.Decode(text); err == nil {
		if hash, ok := hashIn(id, cid.DagCBOR); ok {
			return hash, nil
		}
	}
	return Hash{}, fault(InvalidArgument, "",
		"A name has 64 hex digits, or is the CID of an event", "%q is no event's name", text)
}

// String is the hash in 64 hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// CID is the hash as a CID in text, by which tools of IPLD know the event.
func (h Hash) CID() string { return h.cid(cid.DagCBOR).String() }

func (h Hash) cid(codec uint64) cid.Cid {
	return cid.NewCidV1(codec, append([]byte{multihash.SHA2_256, sha256.Size}, h[:]...))
}

// hashIn is the SHA-256 in a CID of this codec.
func hashIn(id cid.Cid, codec uint64) (Hash, bool) {
	prefix := id.Prefix()
	good := prefix.Version == 1 && prefix.Codec == codec &&
		prefix.MhType == multihash.SHA2_256 && prefix.MhLength == sha256.Size
	if !good {
		return Hash{}, false
	}
	return Hash(id.Hash()[2:]), true
}

// Link is the name of an artifact, any bytes, that a value refers to and no event is made from.
// It is the SHA-256 of those bytes.
type Link Hash

// LinkTo names an artifact.
func LinkTo(artifact []byte) Link { return sha256.Sum256(artifact) }

// ParseLink reads the CID of an artifact (bafkrei…).
func ParseLink(text string) (Link, error) {
	if id, err := cid.Decode(text); err == nil {
		if hash, ok := hashIn(id, cid.Raw); ok {
			return Link(hash), nil
		}
	}
	return Link{}, fault(InvalidArgument, "",
		"A link is the CID of an artifact: version 1, raw, sha2-256", "%q is no link", text)
}

// String is the CID in text.
func (l Link) String() string { return Hash(l).cid(cid.Raw).String() }
