"""`make dist`: builds the sdist, from it the wheel, and tries the wheel where there is no Rust.

Needs maturin beside the Python that runs this. Fails with the first thing that does not hold.
"""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from pathlib import Path

from footprint import LIMIT_MS, foreign_modules, import_milliseconds

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
HERE = Path(__file__).parent


def maturin(*arguments: str, cwd: Path) -> None:
    """Run the maturin of this environment. What cargo keeps for the working tree is not used."""
    program = Path(sys.executable).with_name("maturin")
    target = {"CARGO_TARGET_DIR": str(ROOT / "target/dist")}
    subprocess.run(
        [program, *arguments, "--out", DIST], check=True, cwd=cwd, env=os.environ | target
    )


def fresh(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
    """Extract with today's times: by the archive's, cargo would take an older build for current."""
    safe = tarfile.data_filter(member, path)
    return safe and safe.replace(mtime=time.time())


def locked(path: Path) -> set[tuple[str, str]]:
    """Name and version of each crate in a lock file.

    The sdist lacks the crates of the fuzz tests, so cargo prunes its lock; --locked would refuse.
    """
    return {(each["name"], each["version"]) for each in tomllib.loads(path.read_text())["package"]}


def build() -> Path:
    """Make dist/ anew: the sdist, and the wheel from what the sdist holds and nothing else."""
    shutil.rmtree(DIST, ignore_errors=True)
    maturin("sdist", cwd=ROOT)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(next(DIST.glob("*.tar.gz"))) as archive:
            archive.extractall(folder, filter=fresh)
        source = next(Path(folder).iterdir())
        maturin("build", "--release", "--strip", cwd=source)
        built, ours = locked(source / "Cargo.lock"), locked(ROOT / "Cargo.lock")
        assert built <= ours, f"the sdist builds with other crates: {built - ours}"
    wheel = next(DIST.glob("*.whl"))
    assert "-cp311-abi3-" in wheel.name, f"{wheel.name} is not an abi3 wheel"
    print(f"built {wheel.name}, {wheel.stat().st_size / 1e6:.1f} MB")
    return wheel


def environment(folder: Path, *wanted: str) -> Path:
    """A new environment holding only `wanted`; returns its bin folder."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", *wanted], check=True)
    return folder / "bin"


def run(bin_folder: Path, *command: str | Path, cwd: Path) -> str:
    """Output of `command` with this environment alone on the PATH: no Rust can be found."""
    assert shutil.which("cargo", path=bin_folder) is None
    program, *arguments = command
    done = subprocess.run(
        [bin_folder / program, *arguments],
        check=True, cwd=cwd, env={"PATH": str(bin_folder)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout


def try_library(wheel: Path, folder: Path) -> None:
    """The wheel alone: a small life in memory, and what the import costs."""
    bare = environment(folder / "bare", str(wheel))
    run(bare, "python", "-I", HERE / "walkthrough.py", cwd=folder)
    python = str(bare / "python")
    foreign, cost = foreign_modules(python), import_milliseconds(python)
    assert not foreign, f"import lineseal loads {foreign}"
    assert cost < LIMIT_MS, f"import lineseal takes {cost:.0f} ms; at most {LIMIT_MS}"
    print(f"the library works; its import takes {cost:.0f} ms and loads nothing foreign")


def try_command(wheel: Path, folder: Path) -> None:
    """The wheel with its extra `cli`: what Python recorded is shown and verified by the command."""
    installed = environment(folder / "cli", f"{wheel}[cli]")
    ledger = folder / "ledger"
    name = run(installed, "python", "-I", HERE / "walkthrough.py", ledger, cwd=folder).strip()
    shown = run(installed, "lineseal", "show", name, "--ledger", ledger, cwd=folder)
    assert name[:8] in shown, f"lineseal show {name} says {shown!r}"
    run(installed, "lineseal", "verify", name, "--ledger", ledger, cwd=folder)
    without_the_extra(installed, folder)
    print(f"the command shows and verifies {name[:8]}…")


def try_service(wheel: Path, folder: Path) -> None:
    """A server of the extra `server`, a client of `client`: a life over gRPC, and a clean end."""
    installed = environment(folder / "server", f"{wheel}[server]")
    client = environment(folder / "client", f"{wheel}[client]")
    with subprocess.Popen(
        [installed / "lineseal", "serve", "--data", "served", "--listen", "127.0.0.1:0"],
        cwd=folder, env={"PATH": str(installed)}, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            ledger = f"grpc://{server.stdout.readline().strip()}/walk"
            name = run(client, "python", "-I", HERE / "walkthrough.py", ledger, cwd=folder).strip()
            run(installed, "lineseal", "verify", name, "--ledger", ledger, cwd=folder)
            server.send_signal(signal.SIGTERM)
            status = server.wait(30)
        finally:
            server.kill()
    assert status == 0, f"lineseal serve ended with {status}"
    print(f"a server serves and a client records and verifies {name[:8]}…")


def without_the_extra(installed: Path, folder: Path) -> None:
    """Where an extra is missing, what needs it says which."""
    done = subprocess.run(
        [installed / "lineseal", "serve"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done
    assert "lineseal[server]" in done.stderr, done.stderr


def main() -> None:
    wheel = build()
    with tempfile.TemporaryDirectory() as folder:
        try_library(wheel, Path(folder))
        try_command(wheel, Path(folder))
        try_service(wheel, Path(folder))
    print(f"{wheel.name}: works in an empty environment without Rust")


if __name__ == "__main__":
    main()
