// Lists a CAR file with go-car, which verifies every block: the version, the roots, then each CID.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	car "github.com/ipld/go-car/v2"
)

func main() {
	if err := list(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func list(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader, err := car.NewBlockReader(file)
	if err != nil {
		return err
	}
	fmt.Println("version", reader.Version)
	for _, root := range reader.Roots {
		fmt.Println("root", root)
	}
	for {
		block, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Println("block", block.Cid())
	}
}
