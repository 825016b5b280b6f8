// Go-http serves the model that examples/model.py exported, and logs every answer. From the root of
// the repository, with Go 1.25.7 or later and `pip install ".[server,demo]"`:
//
//	$ lineseal serve --data ledgers &
//	127.0.0.1:50051
//	$ python examples/model.py grpc://localhost:50051/default model.json
//	…
//	$ go run -C examples/go-http . grpc://localhost:50051/default "$PWD/model.json" localhost:8080 &
//	http://127.0.0.1:8080
//	$ curl -s localhost:8080/predict -d '{"pixels": [0,0,5,13,9,1,0,0,0,0,13,15,10,15,5,0,0,3,15,2,0,11,8,0,0,4,12,0,0,8,8,0,0,5,8,0,0,9,8,0,0,4,11,0,1,12,7,0,0,2,14,5,10,12,0,0,0,0,6,13,10,0,0,0]}' | tee answer.json
//	{"class":0,"event":"…"}
//	$ sleep 1; lineseal trace $(grep -o '[0-9a-f]\{64\}' answer.json) --ledger grpc://localhost:50051/default
//	prediction …
//	…
//	… train: dataset digits 1  …
//
// The event is the answer's name in the ledger, where it is soon after: the trace leads from it to
// the model, the training and the dataset.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/lineseal/lineseal/clients/go"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: go-http LEDGER MODEL.json HOST:PORT")
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(ledger, file, listen string) error {
	model, err := readModel(file)
	if err != nil {
		return err
	}
	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	client, err := lineseal.Connect(stopped, ledger, nil)
	if err != nil {
		return err
	}
	defer client.Close()
	logger := client.Logger(lineseal.LoggerOptions{
		Parents: []lineseal.Parent{{Hash: model.parent}},
		Actor:   "go-http",
		OnRefused: func(refusal lineseal.Refusal) {
			log.Printf("prediction %s is not recorded: %v", refusal.PredictionID, refusal.Err)
		},
	})
	service := &http.Server{Handler: handler(model, logger), ReadHeaderTimeout: 5 * time.Second}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	answered := make(chan error, 1)
	go func() {
		<-stopped.Done()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		answered <- service.Shutdown(ctx)
	}()
	if err := service.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	// First the last answers, then what they left in the logger's memory.
	if err := <-answered; err != nil {
		log.Print("some requests were not answered: ", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return logger.Close(ctx)
}

func handler(model *model, logger *lineseal.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /predict", func(answer http.ResponseWriter, request *http.Request) {
		begun := time.Now()
		var asked struct{ Pixels []float64 }
		body := http.MaxBytesReader(answer, request.Body, 1<<20)
		if err := json.NewDecoder(body).Decode(&asked); err != nil || len(asked.Pixels) != model.width() {
			http.Error(answer, fmt.Sprintf("send {\"pixels\": [%d numbers]}", model.width()), http.StatusBadRequest)
			return
		}
		class := model.predict(asked.Pixels)
		event, err := logger.Log(request.Context(), lineseal.Prediction{
			Inputs:    map[string]any{"pixels": lineseal.TensorOf(asked.Pixels)},
			Output:    class,
			LatencyUS: lineseal.Ptr(time.Since(begun).Microseconds()),
		})
		if err != nil {
			// An answer that is not logged is not given.
			http.Error(answer, err.Error(), http.StatusServiceUnavailable)
			return
		}
		answer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(answer).Encode(map[string]any{"class": class, "event": event.String()})
	})
	return mux
}
