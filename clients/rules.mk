# The clients in Go, Node and Java, for the Makefile at the root. Where a toolchain is missing,
# clients/with says NOT RUN, and fails in CI.

WITH  := clients/with
GO    := $(WITH) go go --
NODE  := $(WITH) node node npm --
JAVA  := $(WITH) java java mvn --
# Plugins of protoc that no client brings along, at the versions that made the committed stubs.
GOBIN := $(abspath .make/clients)
GO_PLUGINS := google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12 \
  google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
TS_PROTO := outputServices=grpc-js,forceLong=bigint,oneof=unions-value,importSuffix=.js,env=node
TS_PROTO := $(TS_PROTO),useMapType=true,useExactTypes=false,esModuleInterop=true,outputJsonMethods=false,comments=false

.PHONY: clients proto-clients proto-go proto-node proto-java

clients: .make/test ## the clients in Go, Node and Java: built, their own tests, and against one another
	$(PY) -m pytest tests/interop

proto-clients: proto-go proto-node proto-java

proto-go: .make/proto
	@mkdir -p $(GOBIN)
	$(GO) sh -ec 'for each in $(GO_PLUGINS); do GOBIN=$(GOBIN) go install $$each; done; \
	  PATH="$(GOBIN):$$PATH" $(PROTO)/buf generate'

proto-node: .make/proto
	$(NODE) sh -ec 'npm ci --silent --no-fund --no-audit; $(PROTO)/python -m grpc_tools.protoc \
	  -I../../proto --plugin=node_modules/.bin/protoc-gen-ts_proto --ts_proto_out=src \
	  --ts_proto_opt=$(TS_PROTO) ../../proto/lineseal/v1/*.proto'

# Maven fetches protoc and its plugin at the versions of clients/java/pom.xml.
proto-java:
	$(JAVA) sh -ec 'rm -rf src/main/java/dev/lineseal/v1; mvn --quiet --batch-mode -Pproto generate-sources'

# Their conformance programs, for tests/interop.

sources = $(shell find clients/$1 -type f -not -path '*/node_modules/*' -not -path '*/dist/*' \
  -not -path '*/target/*' 2>/dev/null)

.make/client-go: $(call sources,go)
	@mkdir -p $(GOBIN)
	$(GO) go build -o $(GOBIN)/go-conformance ./cmd/conformance
	@touch $@

.make/client-node: $(call sources,node)
	$(NODE) sh -ec 'npm ci --silent --no-fund --no-audit; npm run --silent build'
	@mkdir -p .make && touch $@

.make/client-java: $(call sources,java)
	$(JAVA) mvn --quiet --batch-mode -DskipTests package
	@mkdir -p .make && touch $@
