"""The machine and the build that figures hold for, and when there is nothing to be measured."""

import os
import platform
import shutil
from pathlib import Path

import lineseal._core as core

REMEDY = "run `make build` (or pip install -e .), which compile for release"


def describe(folder: Path) -> str:
    """One line for the head of a table."""
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {processor()}, {filesystem(folder)}, {python}"


def processor() -> str:
    for line in _cpuinfo():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def filesystem(folder: Path) -> str:
    """Type of the file system that `folder` is on."""
    best, kind = "", "unknown file system"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount, name, *_ = line.split()
        if str(folder.resolve()).startswith(mount) and len(mount) >= len(best):
            best, kind = mount, name
    return kind


def hashes_in_hardware() -> bool:
    """Whether the processor has SHA-256 instructions: x86 says sha_ni, ARM sha2."""
    words = {word for line in _cpuinfo() if line[:5] in ("flags", "Featu") for word in line.split()}
    return bool(words & {"sha_ni", "sha2"})


def processor_time(process: int) -> float:
    """Seconds that all threads of a process have run so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def require_room(folder: Path, size: int) -> None:
    """Says before the work, and not after an hour of it, that the disk is too small."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < size:
        raise SystemExit(
            f"bench: this needs some {size / 1e9:.1f} GB below {folder}, where {free / 1e9:.1f} GB "
            "are free; choose another disk with --folder, or fewer --events"
        )


def require_release_build() -> None:
    if core.build_profile != "release":
        raise SystemExit(f"bench: lineseal._core is a {core.build_profile} build; {REMEDY}")


def _cpuinfo() -> list[str]:
    return Path("/proc/cpuinfo").read_text().splitlines()
