package lineseal

import (
	"testing"
	"time"
)

// BenchmarkLog is what a service pays for an answer that is logged; the service behind it takes all.
func BenchmarkLog(b *testing.B) {
	_, client := serve(b)
	logger := client.Logger(LoggerOptions{Parents: []Parent{model}, Buffer: 1 << 20, Age: time.Second})
	pixels := TensorOf(make([]float64, 64), 8, 8)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := logger.Log(b.Context(), Prediction{Inputs: Map{"pixels": pixels}, Output: 7}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if err := logger.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
