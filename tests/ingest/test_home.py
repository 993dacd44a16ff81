"""The home: where it is, its lock, its pointer and what it throws away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from small_index import ADA, BO, build, interview

from ingest.errors import HomeBusyError, StorageError
from ingest.home import Home
from ingest.index import durable


def test_the_option_wins_over_the_variable_over_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The option wins over the variable over the default."""
    monkeypatch.setenv("CAREERBOT_HOME", str(tmp_path / "variable"))
    assert Home.resolve(tmp_path / "option").path == tmp_path / "option"
    assert Home.resolve().path == tmp_path / "variable"
    monkeypatch.delenv("CAREERBOT_HOME")
    assert Home.resolve().path.name == "careerbot"


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    """A second writer is told who holds the lock."""
    script = (
        "import sys; from ingest.home import Home; from pathlib import Path\n"
        "with Home(Path(sys.argv[1])).lock(): print('held', flush=True); sys.stdin.read()"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HomeBusyError, match=f"process {holder.pid} on "), Home(tmp_path).lock():
            pass
        holder.kill()
    with Home(tmp_path).lock():  # the system frees the lock of a dead process
        pass


def test_the_served_generation_and_the_one_before_are_kept(tmp_path: Path) -> None:
    """The served generation and the one before are kept."""
    home = Home(tmp_path)
    made = [build(home, [interview(f"Guest {number}", [("Why?", "For fun.")])]).generation for number in range(4)]
    assert made == sorted(made)
    assert home.current() == made[3]
    assert home.published() == (made[3], made[2])


def test_what_dead_writers_left_is_deleted_by_the_next(tmp_path: Path) -> None:
    """What dead writers left is deleted by the next."""
    home = Home(tmp_path)
    build(home, [ADA])
    (home.new_building() / "index.sqlite").write_text("half")
    (tmp_path / ".CURRENT.4711").write_text("half")
    orphan = home.new_generation()
    home.folder(orphan).mkdir()
    build(home, [BO])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["CURRENT", "generations", "lock"]
    assert orphan not in home.published()


def test_generations_sort_even_if_the_clock_goes_back(tmp_path: Path) -> None:
    """Generations sort even if the clock goes back."""
    home = Home(tmp_path)
    future = "29991231T235959.000000-00000000"
    home.folder(future).mkdir(parents=True)
    assert home.new_generation() > future


def test_failed_work_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failed work leaves nothing behind."""
    home = Home(tmp_path)
    first = build(home, [ADA])

    def full_disk(operation: str, path: Path) -> None:
        raise OSError(28, f"No space left on device ({operation} {path.name})")

    monkeypatch.setattr(durable, "hook", full_disk)
    with pytest.raises(StorageError, match="No space left"):
        build(home, [BO])
    assert home.current() == first.generation
    assert not list(tmp_path.glob("building-*"))


def test_the_pointer_remembers_what_the_served_generation_was_built_on(tmp_path: Path) -> None:
    """On its second line; what is not an id of a generation on disk is not believed, and the newest older one stands in."""
    home = Home(tmp_path)
    first, second = build(home, [ADA]).generation, build(home, [BO]).generation
    assert home.pointer.read_text(encoding="utf-8") == f"{second}\n{first}\n"
    for line in ("", first, "noise", "../elsewhere", second, home.new_generation()):
        home.pointer.write_text(f"{second}\n{line}\n", encoding="utf-8")
        assert (home.current(), home.behind(second)) == (second, first)
    home.serve(first, None)
    assert home.pointer.read_text(encoding="utf-8") == f"{first}\n"
    assert home.behind(first) is None


def test_a_failed_publication_does_not_cost_the_way_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generation behind the served one stays until another takes its place."""
    home = Home(tmp_path)
    first, second = build(home, [ADA]).generation, build(home, [BO]).generation

    def full_disk(operation: str, path: Path) -> None:
        raise OSError(28, f"No space left on device ({operation} {path.name})")

    monkeypatch.setattr(durable, "hook", full_disk)
    with pytest.raises(StorageError, match="No space left"):
        build(home, [interview("Guest", [("Why?", "For fun.")])])
    assert home.published() == (second, first)
