"""Attack the curated tables: `python -m attacks.tables`, with `tests` on the path.

Each mutant of `attacks.table_mutants` goes through the check that `analysis check`, `analysis build` and
`analysis.open` share, in a copy of `data/raw`. It is

- refused, where a rule names the file and what is wrong with it;
- noticed, where every rule holds and only the descriptor tells that the table is another one: other data, as valid;
- harmless, where it is read as the same table;
- missed, where it is read as another table, or anything but faults comes out, or less than was expected of it.

A sample, one of every kind, also goes through the commands as a user runs them, beside files of the project itself that
are spoilt; nothing in `data` and `exports` may change.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from unittest import mock

import dataframely as dy

from analysis import building, database, manifest
from analysis.errors import Fault, FaultsError
from analysis.publish import manifest as published
from analysis.schema import check, csvfile
from analysis.schema.tables import TABLES
from attacks import projects
from attacks.projects import HOME, RAW
from attacks.table_mutants import Mutant, every_mutant

# Nothing is unreadable to root, unless it gives that power away.
WITHOUT_POWER = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    if shutil.which("setpriv") and os.geteuid() == 0
    else ()
)
LONGEST_SECONDS = 120


@dataclass
class Tally:
    """What became of the mutants of each kind."""

    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    missed: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)

    def add(self, mutant: str, kind: str, outcome: str, why: str = "") -> None:
        self.outcomes[kind][outcome] += 1
        if outcome == "missed":
            self.missed.append(f"{mutant}: {why}")
        if outcome == "noticed":
            self.noticed.append(mutant)

    def join(self, other: Tally) -> None:
        for kind, counts in other.outcomes.items():
            self.outcomes[kind].update(counts)
        self.missed += other.missed
        self.noticed += other.noticed

    def table(self) -> str:
        columns = ("refused", "noticed", "harmless", "missed")
        lines = [f"{'kind of mutant':40}  tried  {'  '.join(columns)}"]
        total: Counter[str] = Counter()
        for kind, counts in [*sorted(self.outcomes.items()), ("all", total)]:
            if kind != "all":
                total.update(counts)
            cells = "  ".join(f"{counts[column]:>{len(column)},}" for column in columns)
            lines.append(f"{kind:40}  {counts.total():>5,}  {cells}")
        return "\n".join(lines)


class Place:
    """A copy of the curated tables in which one at a time is spoilt, and the check that remembers the others."""

    def __init__(self, folder: Path) -> None:
        self.raw = Path(shutil.copytree(RAW, folder / "data" / "raw"))
        self.read = csvfile.read
        self.before = {name: self.read(self.raw / f"{name}.csv", schema) for name, schema in TABLES.items()}
        tables = {name: read.rows for name, read in self.before.items() if read.rows is not None}
        self.content = {name: csvfile.content(rows, TABLES[name]) for name, rows in tables.items()}

    @contextmanager
    def spoilt(self, mutant: Mutant) -> Iterator[bool]:
        """Spoil a table, say whether that changed a byte, and put the table back."""
        path = self.raw / f"{mutant.table}.csv"
        try:
            mutant.spoil(path)
            yield not path.is_file() or path.read_bytes() != (RAW / path.name).read_bytes()
        finally:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
            shutil.copyfile(RAW / path.name, path)

    def check(self, spoilt: str) -> check.Checked:
        """Check the folder; only the spoilt table is read again."""

        def read(path: Path, schema: type[dy.Schema]) -> csvfile.Read:
            return self.read(path, schema) if path.stem == spoilt else self.before[path.stem]

        with mock.patch.object(csvfile, "read", read):
            return check.check(self.raw)


def judge(mutant: Mutant, place: Place) -> tuple[str, str]:
    """What became of a spoilt table, and why where it is missed."""
    try:
        checked = place.check(mutant.table)
    except Exception:
        return "missed", traceback.format_exc()
    file = f"data/raw/{mutant.table}.csv"
    unnamed = [fault for fault in checked.faults if not (fault.file and fault.rule and fault.remedy and fault.value)]
    if unnamed:
        return "missed", f"a fault that says too little: {unnamed[0]!r}"
    if not checked.faults:
        same = csvfile.content(checked.tables[mutant.table], TABLES[mutant.table]) == place.content[mutant.table]
        return _expected(mutant, "harmless" if same else "missed", "accepted, with other data")
    if not any(fault.file == file for fault in checked.faults):
        return "missed", f"{file} is not named, but {checked.faults[0]}"
    refused = len(checked.faults) > len(checked.unrecorded)
    return _expected(mutant, "refused" if refused else "noticed", f"no rule names it, only: {checked.faults[0]}")


def _expected(mutant: Mutant, outcome: str, why: str) -> tuple[str, str]:
    if outcome in ("missed", mutant.expected) or mutant.expected == "either":
        return outcome, why
    return "missed", f"{outcome}, not {mutant.expected}: {why}"


def attack(mutants: Iterable[Mutant], place: Place) -> Tally:
    tally = Tally()
    for mutant in mutants:
        with place.spoilt(mutant) as changed:
            if changed:
                outcome, why = judge(mutant, place)
                tally.add(str(mutant), mutant.kind, outcome, why)
    return tally


def _share(seed: int, rounds: int, only: str, every: int, part: int, parts: int) -> Tally:
    """The `part`-th of `parts` shares of the mutants of which one in `every` is tried."""
    with tempfile.TemporaryDirectory() as folder:
        mutants = (m for m in every_mutant(RAW, seed, rounds) if only in str(m))
        return attack(islice(mutants, part * every, None, parts * every), Place(Path(folder)))


# The same through the commands.


def make_home(folder: Path) -> Path:
    """A project with something in `data/processed` and `exports` that a command must leave alone."""
    projects.copy(folder)
    for name, form in (("data/processed", building.FORMAT), ("exports", published.FORMAT)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / manifest.NAME).write_bytes(manifest.document(form, "what stood here before", {}, []))
    return folder


Spoil = Callable[[Path], object]


def _json(change: Callable[[dict[str, object]], object]) -> Spoil:
    def spoil(path: Path) -> None:
        package = json.loads(path.read_text("utf-8"))
        change(package)
        path.write_text(json.dumps(package), "utf-8")

    return spoil


def _unreadable(path: Path) -> None:
    path.chmod(0)


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _as_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("x", "utf-8")


def _as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _as_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _first(package: dict[str, object]) -> dict[str, object]:
    resources = package["resources"]
    assert isinstance(resources, list)
    return resources[0]  # type: ignore[no-any-return]


ANYTHING: dict[str, Spoil] = {
    "missing": Path.unlink,
    "a folder": _as_folder,
    "a pipe": _as_pipe,
    "a link to itself": _as_loop,
    "unreadable": _unreadable,
    "Latin-1": lambda path: path.write_bytes("é".encode("latin-1")),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0"),
}

DESCRIPTORS: dict[str, Spoil] = {
    **ANYTHING,
    "empty": lambda path: path.write_bytes(b""),
    "no JSON": lambda path: path.write_text("{", "utf-8"),
    "a list": lambda path: path.write_text("[]", "utf-8"),
    "a number": lambda path: path.write_text("1e999", "utf-8"),
    "too deep": lambda path: path.write_text("[" * 100_000, "utf-8"),
    "resources a word": _json(lambda package: package.update(resources="none")),
    "resources a list of words": _json(lambda package: package.update(resources=["none"])),
    "no resources": _json(lambda package: package.pop("resources")),
    "no hash": _json(lambda package: _first(package).pop("hash")),
    "another hash": _json(lambda package: _first(package).update(hash="sha256:0")),
    "rows a word": _json(lambda package: _first(package).update(rows="many")),
    "rows without end": _json(lambda package: _first(package).update(rows=float("inf"))),
    "rows not a number": _json(lambda package: _first(package).update(rows=float("nan"))),
    "other rows": _json(lambda package: _first(package).update(rows=1)),
    "another rule": _json(lambda package: _first(package).update(description="another")),
}

PROJECT_FILES: dict[str, tuple[str, dict[str, Spoil], tuple[str, ...]]] = {
    "the descriptor": ("data/raw/datapackage.json", DESCRIPTORS, ("check",)),
    "the dictionary": (
        "data/DICTIONARY.md",
        {**ANYTHING, "cut": lambda path: path.write_bytes(path.read_bytes()[:99])},
        ("check",),
    ),
    "the codebook": ("data/CODEBOOK.md", ANYTHING, ("build",)),
    "a table": ("data/raw/events.csv", {"unreadable": _unreadable}, ("check", "build")),
    "the tables": (
        "data/raw",
        {
            "unreadable": _unreadable,
            "a file": _as_file,
        },
        ("check", "build", "describe"),
    ),
}


def command(home: Path, name: str, file: str) -> str:
    """Run a command on a spoilt project; say what is wrong with how it ends, or nothing."""
    before = projects.tree(home, modes=True)
    try:
        done = projects.run(home, name, under=WITHOUT_POWER, patience=LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        return f"{name} hangs"
    said = done.stdout + done.stderr
    if "Traceback" in said:
        return f"{name} shows a traceback: {said[-300:]}"
    if done.returncode != 1:
        return f"{name} ends with {done.returncode}: {said[-300:]}"
    if Path(file).name not in said:
        return f"{name} does not name {file}: {said[-300:]}"
    if projects.tree(home, modes=True) != before:
        return f"{name} changed a file"
    return ""


def by_every_way(mutant: Mutant, home: Path, names: Sequence[str] = ("check", "build")) -> tuple[str, str]:
    """Spoil a table of a project, and say what becomes of it by `open` and by commands, and why where missed."""
    file = f"data/raw/{mutant.table}.csv"
    mutant.spoil(home / file)
    try:
        expected = check.check(home / "data" / "raw").faults
        if _opened(home / "data" / "raw") != expected:
            return "missed", "open() says something else than check"
        if not expected:
            return "harmless", ""
        problem = next((told for name in names if (told := command(home, name, file))), "")
    except Exception:
        problem = traceback.format_exc()
    return "missed" if problem else "refused", problem


def _opened(raw: Path) -> list[Fault]:
    """The faults for which a folder is not opened."""
    try:
        database.open(raw).close()
    except FaultsError as error:
        return error.faults
    return []


def attack_commands(mutants: Iterable[Mutant], folder: Path) -> Tally:
    """One mutant of each kind, and the spoilt files of the project, through `check`, `build` and `open`."""
    tally = Tally()
    for mutant in mutants:
        home = make_home(folder / "home")
        outcome, why = by_every_way(mutant, home)
        kind = "a harmless table, by command" if outcome == "harmless" else "a table, by command"
        tally.add(str(mutant), kind, outcome, why)
        shutil.rmtree(home)
    for what, (file, ways, names) in PROJECT_FILES.items():
        for way, spoil in ways.items():
            for name in names:
                home = make_home(folder / "home")
                spoil(home / file)
                problem = command(home, name, file)
                tally.add(f"{what}: {way}", f"{what} spoilt, by command", "missed" if problem else "refused", problem)
                if way == "unreadable":
                    (home / file).chmod(0o755)
                shutil.rmtree(home)
    return tally


def one_of_each(mutants: Iterable[Mutant], seed: int) -> list[Mutant]:
    """One mutant of each kind, of any table and column."""
    chosen: dict[str, Mutant] = {}
    seen: Counter[str] = Counter()
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    for mutant in mutants:
        seen[mutant.kind] += 1
        if chance.randrange(seen[mutant.kind]) == 0:
            chosen[mutant.kind] = mutant
    return list(chosen.values())


def main() -> int:
    parser = argparse.ArgumentParser(description="Attack the curated tables.")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=1, help="rows and places for each kind of mutant")
    parser.add_argument("--every", type=int, default=1, help="try one mutant in so many")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="only mutants whose name holds this")
    parser.add_argument("--commands", type=int, default=30, help="how many mutants go through the commands")
    parser.add_argument("--noticed", action="store_true", help="list what only the descriptor tells")
    given = parser.parse_args()
    started = time.monotonic()
    before = projects.tree(HOME / "data", modes=True)
    tally = Tally()
    with ProcessPoolExecutor(given.processes) as pool:
        parts = 8 * given.processes
        shares = [
            pool.submit(_share, given.seed, given.rounds, given.only, given.every, part, parts) for part in range(parts)
        ]
        for share in shares:
            tally.join(share.result())
    print(tally.table())
    if given.commands:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            chosen = one_of_each((m for m in every_mutant(RAW, given.seed) if given.only in str(m)), given.seed)
            sample = random.Random(given.seed).sample(chosen, min(given.commands, len(chosen)))  # noqa: S311
            commands = attack_commands(sample, Path(folder))
        print("\n" + commands.table())
        tally.join(commands)
    if given.noticed:
        print("\nOther data, as valid, that only the descriptor tells:")
        print("\n".join(f"  {mutant}" for mutant in tally.noticed))
    for line in tally.missed:
        print(f"missed: {line}")
    same = projects.tree(HOME / "data", modes=True) == before
    print(f"\ndata is {'as it was' if same else 'CHANGED'}; {time.monotonic() - started:.0f} s.")
    return 0 if same and not tally.missed else 1


if __name__ == "__main__":
    sys.exit(main())
