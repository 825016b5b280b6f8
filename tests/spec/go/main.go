// Segments reads a closed ledger with other people's software alone: go-car for sections and CIDs,
// go-ipld-prime for DAG-CBOR, Go's own CRC-32 and SHA-256. It was written from docs/spec/ledger.md
// and docs/spec/event-format.md, and from nothing else of lineseal.
//
// It prints each event's hash in the order of the log, then what the log has in numbers, or exits
// with 1 and what does not hold. With -flips it flips every bit of every byte of the ledger's files
// in turn, in memory, and says how many of them passed unseen.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

func main() {
	flips := flag.Bool("flips", false, "flip every bit in turn, and say which go unseen")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: segments [-flips] LEDGER")
		os.Exit(2)
	}
	files, err := readFiles(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if *flips {
		os.Exit(flipAll(files))
	}
	ledger, err := check(files)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, hash := range ledger.hashes {
		fmt.Printf("%x\n", hash)
	}
	report, _ := json.Marshal(ledger.report)
	fmt.Println(string(report))
}

// flipAll counts the flips that check does not refuse.
func flipAll(files *files) int {
	tried, unseen := 0, 0
	for name, data := range files.all() {
		for at := range data {
			for bit := range 8 {
				data[at] ^= 1 << bit
				if _, err := check(files); err == nil {
					fmt.Printf("unseen: %s, byte %d, bit %d\n", name, at, bit)
					unseen++
				}
				data[at] ^= 1 << bit
				tried++
			}
		}
	}
	fmt.Printf("%d flips, %d unseen\n", tried, unseen)
	return min(unseen, 1)
}
