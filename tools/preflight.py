"""Say in one line what a machine lacks before anything is installed. Runs on any Python 3; exits 1 where something is missing."""

import os
import shutil
import sys
import tempfile

OLDEST, NEWEST = (3, 11), (3, 13)
NEEDED_GB = 7.0


def missing():
    """Yield one line for each thing that stands in the way."""
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        yield ("Python %d.%d is not supported: install Python 3.11, 3.12 or 3.13 and run: make PYTHON=python3.11 ..." % version)
    if sys.maxsize <= 2**32:
        yield "a 64-bit Python is needed"
    compilers = [os.environ.get("CXX"), "c++", "g++", "clang++"]
    if not any(name and shutil.which(name.split()[0]) for name in compilers):
        yield "no C++ compiler found (llama-cpp-python is compiled here): on Debian or Ubuntu run: apt-get install build-essential"
    try:
        import venv  # noqa: F401
        import ensurepip  # noqa: F401
    except ImportError:
        yield "Python's venv module is missing: on Debian or Ubuntu run: apt-get install python3-venv"
    free = shutil.disk_usage(os.getcwd()).free / 1e9
    if free < NEEDED_GB and not os.path.isdir(os.environ.get("VENV", ".venv")):
        yield "%.0f GB of free disk are needed here for libraries and models, %.1f GB are free" % (NEEDED_GB, free)
    if not os.access(tempfile.gettempdir(), os.W_OK):
        yield "the folder for temporary files (%s) cannot be written to" % tempfile.gettempdir()


def main():
    """Print what is missing and exit accordingly."""
    lines = list(missing())
    for line in lines:
        print("cannot install: " + line, file=sys.stderr)
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
