"""Settings: a flag counts before the environment, that before the file, that before the default."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from lineseal.errors import InvalidArgumentError
from lineseal.server import Config
from lineseal.server.settings import FIELDS, PREFIX, resolve
from running import Process

SERVE = [sys.executable, "-m", "lineseal.cli", "serve"]


def file_of(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "serve.toml"
    path.write_text(text)
    return path


def refused(*arguments: str, **environ: str) -> tuple[int, str]:
    """Exit status and stderr of a server that does not start."""
    done = subprocess.run(
        [*SERVE, *arguments], capture_output=True, text=True, timeout=60, env=os.environ | environ
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_a_file_may_write_settings_as_flags_or_as_fields(tmp_path: Path) -> None:
    for name in ("stall-timeout", "stall_timeout"):
        assert resolve({}, {}, file_of(tmp_path, f"{name} = 7\n")).stall_timeout == 7


def test_what_is_said_nearest_counts(tmp_path: Path) -> None:
    file = file_of(tmp_path, 'queue = 1\ngrace = 7\nrecord_threads = 5\ndata = "from-file"\n')
    environ = {"LINESEAL_QUEUE": "2", "LINESEAL_RECORD_THREADS": "6", "LINESEAL_LEDGER": "x"}
    config = resolve({"queue": 3}, environ, file)
    assert (config.queue, config.record_threads, config.grace) == (3, 6, 7.0)
    assert (config.data, config.stream_threads) == ("from-file", Config().stream_threads)


def test_every_setting_can_be_given_each_way(tmp_path: Path) -> None:
    values = {
        "data": "d", "listen": "0.0.0.0:1", "insecure": True, "record_threads": 3,
        "read_threads": 3, "stream_threads": 3, "admin_threads": 3, "queue": 3,
        "stall_timeout": 2.5, "grace": 2.5,
    }  # fmt: skip
    assert set(values) == set(FIELDS)
    expected = Config(**values)
    environ = {PREFIX + name.upper(): str(value) for name, value in values.items()}
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
    assert resolve({}, environ, None) == expected
    assert resolve({}, {}, file_of(tmp_path, text)) == expected
    assert resolve(values, {}, None) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("quue = 1\nport = 2\n", ["port, quue", "stall_timeout"]),
        ('queue = "1"\n', ["queue in", "'1'", "whole number"]),
        ("queue = 1.5\n", ["queue in", "whole number"]),
        ("insecure = 1\n", ["insecure in", "true or false"]),
        ("queue = \n", ["not TOML"]),
        ("[server]\nqueue = 1\n", ["server"]),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        resolve({}, {}, file_of(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"queue": -1}, "queue"),
        ({"read_threads": 0}, "read_threads"),
        ({"stall_timeout": float("nan")}, "stall_timeout"),
        ({"listen": "127.0.0.1"}, "HOST:PORT"),
        ({"listen": "127.0.0.1:99999"}, "HOST:PORT"),
        ({"listen": ":50051"}, "HOST:PORT"),
        ({"listen": "0.0.0.0:50051"}, "--insecure"),
        ({"listen": "[::]:50051"}, "--insecure"),
        ({"listen": "example.org:50051"}, "--insecure"),
    ],
)
def test_settings_out_of_bounds_are_refused(settings: dict[str, object], word: str) -> None:
    with pytest.raises(InvalidArgumentError, match=word):
        Config(**settings)


@pytest.mark.parametrize("listen", ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"])
def test_loopback_needs_no_leave(listen: str) -> None:
    assert Config(listen=listen).listen == listen


def test_the_environment_is_read_by_the_command() -> None:
    status, said = refused(LINESEAL_QUEUE="many")
    assert status == 2
    assert "LINESEAL_QUEUE is 'many', not a whole number" in said
    status, said = refused(LINESEAL_LISTEN="0.0.0.0:0")
    assert status == 2
    assert "--insecure" in said


def test_a_file_is_named_by_flag_or_environment(tmp_path: Path) -> None:
    file = str(file_of(tmp_path, "prot = 1\n"))
    for status, said in (refused("--config", file), refused(LINESEAL_CONFIG=file)):
        assert status == 2
        assert "prot" in said
    status, said = refused("--config", str(tmp_path / "none.toml"))
    assert status == 2
    assert "none.toml" in said


def test_a_port_that_is_taken_is_an_error_of_its_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        status, said = refused("--listen", address, "--data", str(tmp_path / "data"))
    assert status == 4
    assert said.startswith(f"error: cannot listen on {address}: Address already in use")
    assert "--listen" in said
    assert len(said.splitlines()) == 2
    assert not (tmp_path / "data").exists()


def test_two_servers_cannot_share_a_port(process: Process, tmp_path: Path) -> None:
    status, said = refused("--listen", process.address, "--data", str(tmp_path / "other"))
    assert (status, process.address in said) == (4, True)


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    status, said = refused("--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"))
    assert status == 2
    assert "cannot be made a directory of ledgers" in said
    assert "--data" in said
    assert "Traceback" not in said


def test_a_port_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    file, data = str(tmp_path / "none" / "port"), str(tmp_path / "data")
    status, said = refused("--listen", "127.0.0.1:0", "--data", data, "--port-file", file)
    assert status == 2
    assert f"cannot write the port to {file}: No such file or directory" in said
    assert "--port-file" in said


def test_a_host_that_is_none_is_told_from_a_port_that_is_taken(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    status, said = refused("--listen", "nohost.invalid:0", "--insecure", "--data", data)
    assert status == 4
    assert "cannot listen on nohost.invalid:0: " in said
    assert "in use" not in said
    status, said = refused("--listen", "nohost.invalid", "--data", data)
    assert (status, "Give HOST:PORT" in said) == (2, True)


def test_the_first_line_says_where_and_so_does_the_port_file(tmp_path: Path) -> None:
    file = tmp_path / "port"
    with Process(tmp_path / "data", "--json", "--port-file", str(file)) as process:
        address = json.loads(process.address)["address"]
        assert address == f"127.0.0.1:{file.read_text().strip()}"
        assert process.stop() == 0
    assert not file.exists()


def test_what_is_missing_is_told_with_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['grpc'] = None; sys.argv = ['lineseal', 'serve'];"
        " from lineseal.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert 'pip install "lineseal[server]"' in done.stderr
