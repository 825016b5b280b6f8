"""The table of RPCs is the protocol's: each RPC once, with as many answers as it says."""

from collections import Counter

from calling import Stubs
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from lineseal.server.table import LEDGER, PROVENANCE, RPCS
from lineseal.v1 import provenance_pb2


def test_each_rpc_of_the_protocol_is_in_the_table_once() -> None:
    services = provenance_pb2.DESCRIPTOR.services_by_name.values()
    protocol = {
        (service.full_name, method.name): "many" if method.server_streaming else "one"
        for service in services
        for method in service.methods
    }
    answers = {"later": "one"}
    table = {(rpc.service, rpc.method): answers.get(rpc.answers, rpc.answers) for rpc in RPCS}
    assert table == protocol
    assert set(Counter((rpc.service, rpc.method) for rpc in RPCS).values()) == {1}
    assert len(RPCS) == 11


def test_whatever_may_take_long_runs_apart_from_record() -> None:
    pools = {rpc.method: rpc.pool for rpc in RPCS}
    assert [name for name, pool in pools.items() if pool == "record"] == ["Record"]
    assert {pools[name] for name in ("Trace", "Impact", "Verify", "VerifyLedger")} == {"stream"}
    assert {rpc.pool for rpc in RPCS if rpc.service == LEDGER} == {"admin"}


def test_health_is_told_for_each_service(stubs: Stubs) -> None:
    health = health_pb2_grpc.HealthStub(stubs.channel)
    for service in ("", PROVENANCE, LEDGER):
        answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING, service


def test_reflection_tells_the_protocol(stubs: Stubs) -> None:
    database = ProtoReflectionDescriptorDatabase(stubs.channel)
    assert {PROVENANCE, LEDGER, "grpc.health.v1.Health"} <= set(database.get_services())
    file = database.FindFileContainingSymbol(PROVENANCE)
    told = {method.name for service in file.service for method in service.method}
    assert told == {rpc.method for rpc in RPCS}
