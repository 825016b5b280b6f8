package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/lineseal/lineseal/clients/go"
)

// model is what examples/model.py exports; its rows are for trying.
type model struct {
	Classes   []int64
	Coef      [][]float64
	Intercept []float64
	Parents   string

	parent lineseal.Hash
}

func readModel(file string) (*model, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	found := &model{}
	if err := json.Unmarshal(data, found); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(found.Classes) == 0 || len(found.Coef) != len(found.Classes) || len(found.Intercept) != len(found.Classes) {
		return nil, fmt.Errorf("%s: classes, coef and intercept do not go together", file)
	}
	for _, row := range found.Coef {
		if len(row) != found.width() {
			return nil, fmt.Errorf("%s: rows of coef differ in length", file)
		}
	}
	found.parent, err = lineseal.ParseHash(found.Parents)
	return found, err
}

func (m *model) width() int { return len(m.Coef[0]) }

// predict is the class of the greatest score, the first where several are.
func (m *model) predict(pixels []float64) int64 {
	best, most := 0, 0.0
	for class, coefficients := range m.Coef {
		score := m.Intercept[class]
		for i, pixel := range pixels {
			score += coefficients[i] * pixel
		}
		if class == 0 || score > most {
			best, most = class, score
		}
	}
	return m.Classes[best]
}
