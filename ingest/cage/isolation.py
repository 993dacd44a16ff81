"""What the system is asked to enforce on a process that reads a stranger's file.

Where it may, the process gets a network namespace of its own, which holds nothing but a dead loopback device: native code
cannot call out either. Elsewhere (no privilege, no user namespaces, not Linux) a Python audit hook alone refuses sockets,
programs and writing. The limits of `resource` hold on Linux; macOS knows them but does not enforce the address space; Windows
has none, and there the wall clock alone is watched, from outside.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from ingest.cage.limits import Limits

if sys.platform != "win32":
    import resource
    import signal

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_NO_NEW_PRIVS: Final = 38
_MOST_OPEN_FILES: Final = 128
_REFUSED: Final = (
    "socket.",
    "subprocess.",
    "shutil.",
    "ctypes.dlopen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.startfile",
    "os.kill",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
)
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def leave_network() -> bool:
    """Move this process, while it has one thread, into a network without connections; tell whether that was allowed."""
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415 (not there on every system)

    system = ctypes.CDLL(None, use_errno=True)
    # Whoever is root may do without a new user namespace, in which root could no longer read other people's files.
    return any(system.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def give_up_privileges() -> None:
    """Make sure that no program run from here gains rights."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def limit(limits: Limits) -> None:
    """Cap the address space above what is in use now, writing of files, core dumps and open files."""
    if sys.platform == "win32":
        return
    _cap(resource.RLIMIT_AS, _address_space() + limits.memory_bytes)
    _cap(resource.RLIMIT_FSIZE, 0)
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_NOFILE, _MOST_OPEN_FILES)


def start_clock(limits: Limits) -> None:
    """Give the next file its seconds: when they are over the system ends this process, wherever it hangs."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + limits.cpu_seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)


def stop_clock() -> None:
    """Let this process wait for the next file as long as it likes."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, 0)


def refuse_the_world() -> None:
    """Refuse sockets, programs and every change of the file system to Python code in this process, for good."""
    sys.addaudithook(_watch)


def resident_bytes() -> int:
    """Return the memory in use now; 0 where the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _address_space() -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _cap(which: int, value: int) -> None:
    _, most = resource.getrlimit(which)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    with contextlib.suppress(OSError, ValueError):  # macOS refuses to cap the address space
        resource.setrlimit(which, (value, value))


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        flags = arguments[2] if len(arguments) > 2 else 0  # noqa: PLR2004 (path, mode, flags)
        if isinstance(flags, int) and flags & _WRITING:
            _refuse(event)
    elif event.startswith(_REFUSED):
        _refuse(event)


def _refuse(event: str) -> NoReturn:
    raise PermissionError(f"{event} is refused while a file is being read")
