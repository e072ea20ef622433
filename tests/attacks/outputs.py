"""Change every stored output of every notebook, one way after another, and see whether the test command takes notice.

    python -m attacks.outputs                      every kind of change, on every cell that it can be made on
    python -m attacks.outputs --kinds mark_moved --seed 3
    python -m attacks.outputs --source-runs 30     as many changes of sources as there are cells

A change that the rules on stored notebooks (`notebook_rules.faults`) refuse is caught without a run. Others are held by
nbval, run with the options of `make test`, against what each cell gives (see `attacks.compared`). What changes the
source of a cell changes later cells too, so that a run holds one such in each notebook; where every cell still
reproduces, what is stored is what the changed source gives, and the change is harmless.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import nbformat
from notebook_rules import HOME, NOTEBOOKS, faults

Notebook = Any
Cell = Any
Change = Callable[[Notebook, Cell, Random], bool]
"""Changes a notebook at one of its code cells; false where that cell has nothing of the kind."""

_TEXT, _HTML, _MARKDOWN, _SVG = "text/plain", "text/html", "text/markdown", "image/svg+xml"
_MARK = r"<(?:path|line|rect|circle)\b[^>]*?(?:/>|></\w+>)"
_LETTERS = r"<text\b[^>]*>[^<]*[A-Za-z0-9][^<]*</text>"
_PLACE = r'\b(?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*\d[^"]*"'
_COLOUR = r'\b(?:fill|stroke)="(?:#[0-9A-Fa-f]{6}|rgb\([^)]*\))"'


@dataclass(frozen=True)
class Kind:
    """One kind of change, and whether it changes what other cells see."""

    name: str
    change: Change
    of_source: bool


@dataclass(frozen=True)
class Mutant:
    """One change of one cell: its notebook, the number of its code cell from 0, and the seed."""

    kind: Kind
    notebook: str
    cell: int
    seed: str

    def apply(self, notebook: Notebook) -> bool:
        """Change the notebook; false where the cell has nothing of the kind."""
        cell = code_cells(notebook)[self.cell]
        before = copy.deepcopy(notebook)
        return self.kind.change(notebook, cell, Random(self.seed)) and notebook != before  # noqa: S311


KINDS: dict[str, Kind] = {}


def _kind(change: Change) -> Change:
    name = change.__name__.strip("_")
    KINDS[name] = Kind(name, change, of_source=False)
    return change


def _kind_of_source(change: Change) -> Change:
    name = change.__name__.strip("_")
    KINDS[name] = Kind(name, change, of_source=True)
    return change


def code_cells(notebook: Notebook) -> list[Cell]:
    """The code cells of a notebook, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# -------------------------------------------------------------------- changes of an output's content


def _other_digit(text: str, random: Random) -> str:
    return _one(text, r"\d", random, lambda digit: random.choice([n for n in "0123456789" if n != digit]))


def _other_letter(text: str, random: Random) -> str:
    return _one(text, r"[A-Za-z]", random, lambda letter: random.choice([n for n in "aeiounrst" if n != letter]))


def _one(text: str, pattern: str, random: Random, change: Callable[[str], str]) -> str:
    """Change one of the matches of a pattern; the same text where there is none."""
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    match = random.choice(found)
    return text[: match.start()] + change(match[0]) + text[match.end() :]


def _in(mime: str, cell: Cell, change: Callable[[str], str]) -> bool:
    for output in cell.outputs:
        if mime in output.get("data", {}):
            output.data[mime] = change(output.data[mime])
            return True
    return False


def _within(mime: str, cell: Cell, pattern: str, random: Random, other: Callable[[str, Random], str]) -> bool:
    """Put something other in the place of one match."""
    return _in(mime, cell, lambda text: _one(text, pattern, random, lambda part: other(part, random)))


def _in_drawing(cell: Cell, pattern: str, random: Random, change: Callable[[str], str]) -> bool:
    """Change one match after the embedded fonts."""

    def drawn(svg: str) -> str:
        fonts, end, marks = svg.partition("</style>")
        return fonts + end + _one(marks, pattern, random, change)

    return _in(_SVG, cell, drawn)


@_kind
def number_in_text(_: Notebook, cell: Cell, random: Random) -> bool:
    return _in(_TEXT, cell, lambda text: _other_digit(text, random))


@_kind
def number_in_table(_: Notebook, cell: Cell, random: Random) -> bool:
    return _within(_HTML, cell, r"(?<=>)[^<>]*\d[^<>]*", random, _other_digit)


@_kind
def number_in_prose(_: Notebook, cell: Cell, random: Random) -> bool:
    return _in(_MARKDOWN, cell, lambda text: _other_digit(text, random))


@_kind
def number_in_picture(_: Notebook, cell: Cell, random: Random) -> bool:
    return _in_drawing(cell, r">[^<]*\d[^<]*</text>", random, lambda text: _other_digit(text, random))


@_kind
def word_in_text(_: Notebook, cell: Cell, random: Random) -> bool:
    return _in(_TEXT, cell, lambda text: _other_letter(text, random))


@_kind
def word_in_table(_: Notebook, cell: Cell, random: Random) -> bool:
    return _within(_HTML, cell, r"(?<=>)[^<>]*[a-z][^<>]*", random, _other_letter)


@_kind
def word_in_prose(_: Notebook, cell: Cell, random: Random) -> bool:
    return _in(_MARKDOWN, cell, lambda text: _other_letter(text, random))


@_kind
def word_in_picture(_: Notebook, cell: Cell, random: Random) -> bool:
    return _in_drawing(
        cell, r">[^<]*[a-z][^<]*</text>", random, lambda text: ">" + _other_letter(text[1:-7], random) + "</text>"
    )


@_kind
def headline_of_picture(_: Notebook, cell: Cell, random: Random) -> bool:
    return _within(_SVG, cell, r"(?<=-title\">)[^<]+(?=</title>)", random, _other_letter)


@_kind
def alt_text_of_picture(_: Notebook, cell: Cell, random: Random) -> bool:
    return _within(_SVG, cell, r"(?<=-desc\">)[^<]+(?=</desc>)", random, _other_digit)


@_kind
def mark_moved(_: Notebook, cell: Cell, random: Random) -> bool:
    def moved(tag: str) -> str:
        return _one(
            tag,
            _PLACE,
            random,
            lambda place: _one(place, r"(?<=[\"( ,MLHVhvl.\d-])\d", random, lambda d: str((int(d) + 1) % 10)),
        )

    return _in_drawing(cell, _MARK, random, moved)


@_kind
def mark_removed(_: Notebook, cell: Cell, random: Random) -> bool:
    return _in_drawing(cell, _MARK, random, lambda _: "")


@_kind
def mark_recoloured(_: Notebook, cell: Cell, random: Random) -> bool:
    def recoloured(colour: str) -> str:
        return _other_digit(colour, random) if re.search(r"\d", colour) else colour.replace('="', '="#000000" was="')

    return _in_drawing(cell, _COLOUR, random, recoloured)


@_kind
def letters_removed(_: Notebook, cell: Cell, random: Random) -> bool:
    return _in_drawing(cell, _LETTERS, random, lambda _: "")


@_kind
def font_of_picture(_: Notebook, cell: Cell, random: Random) -> bool:
    return _within(_SVG, cell, r"(?<=base64,)[A-Za-z0-9+/]+", random, _other_letter)


@_kind
def space_at_the_end(_: Notebook, cell: Cell, random: Random) -> bool:
    mimes = [mime for output in cell.outputs for mime in output.get("data", {})]
    return bool(mimes) and _in(random.choice(mimes), cell, lambda text: text + " ")


# -------------------------------------------------------------------- changes of an output as a whole


@_kind
def output_removed(_: Notebook, cell: Cell, random: Random) -> bool:
    return bool(cell.outputs) and cell.outputs.pop(random.randrange(len(cell.outputs))) is not None


@_kind
def outputs_cleared_as_unrun(_: Notebook, cell: Cell, __: Random) -> bool:
    cell.outputs, cell.execution_count = [], None
    return True


@_kind
def output_doubled(_: Notebook, cell: Cell, __: Random) -> bool:
    cell.outputs += copy.deepcopy(cell.outputs[:1])
    return True


@_kind
def output_of_another_cell(notebook: Notebook, cell: Cell, random: Random) -> bool:
    others = [other.outputs for other in code_cells(notebook) if other.outputs != cell.outputs]
    cell.outputs = copy.deepcopy(random.choice(others))
    for output in cell.outputs:
        output.execution_count = cell.execution_count
    return True


@_kind
def outputs_exchanged(notebook: Notebook, cell: Cell, _: Random) -> bool:
    cells = [other for other in code_cells(notebook) if other.outputs]
    if cell not in cells:
        return False
    other = cells[(cells.index(cell) + 1) % len(cells)]
    cell.outputs, other.outputs = other.outputs, cell.outputs
    return True


def _add(cell: Cell, kind: str, **content: Any) -> bool:
    cell.outputs.append(nbformat.v4.new_output(kind, **content))
    return True


@_kind
def text_added(_: Notebook, cell: Cell, __: Random) -> bool:
    return _add(cell, "display_data", data={_TEXT: "12 of 50 areas"})


@_kind
def empty_output_added(_: Notebook, cell: Cell, __: Random) -> bool:
    return _add(cell, "display_data", data={})


@_kind
def picture_added(_: Notebook, cell: Cell, __: Random) -> bool:
    return _add(cell, "display_data", data={"image/png": "iVBORw0KGgo="})


@_kind
def warning_added(_: Notebook, cell: Cell, __: Random) -> bool:
    return _add(cell, "stream", name="stderr", text="UserWarning: mind\n")


@_kind
def printed_added(_: Notebook, cell: Cell, __: Random) -> bool:
    return _add(cell, "stream", name="stdout", text="0\n")


@_kind
def error_stored(_: Notebook, cell: Cell, __: Random) -> bool:
    return _add(cell, "error", ename="AssertionError", evalue="", traceback=["AssertionError"])


@_kind
def output_split(_: Notebook, cell: Cell, __: Random) -> bool:
    """One output a kind of content, which together hold what one held."""
    if not cell.outputs or len(cell.outputs[0].get("data", {})) < 2:
        return False
    whole = cell.outputs[0]
    parts = [copy.deepcopy(whole) for _ in whole.data]
    for part, mime in zip(parts, whole.data, strict=True):
        part.data = {mime: whole.data[mime]}
    cell.outputs = parts
    return True


@_kind
def content_dropped(_: Notebook, cell: Cell, random: Random) -> bool:
    if not cell.outputs:
        return False
    data = cell.outputs[0].data
    del data[random.choice(sorted(data))]
    return True


@_kind
def content_renamed(_: Notebook, cell: Cell, random: Random) -> bool:
    if not cell.outputs:
        return False
    data = cell.outputs[0].data
    data["text/latex"] = data.pop(random.choice(sorted(data)))
    return True


@_kind
def content_added(_: Notebook, cell: Cell, random: Random) -> bool:
    if not cell.outputs:
        return False
    mime = random.choice(["image/png", "image/jpeg", "text/latex", "application/vnd.jupyter.widget-view+json"])
    cell.outputs[0].data[mime] = {"model_id": "1"} if mime.endswith("json") else "iVBORw0KGgo="
    return True


@_kind
def kind_of_output(_: Notebook, cell: Cell, __: Random) -> bool:
    if not cell.outputs:
        return False
    output = cell.outputs[0]
    if output.output_type == "display_data":
        output.output_type, output.execution_count = "execute_result", cell.execution_count
    else:
        output.output_type = "display_data"
        del output["execution_count"]
    return True


@_kind
def count_of_output(_: Notebook, cell: Cell, random: Random) -> bool:
    if not cell.outputs or "execution_count" not in cell.outputs[0]:
        return False
    cell.outputs[0].execution_count += random.randint(1, 9)
    return True


@_kind
def metadata_of_output(_: Notebook, cell: Cell, __: Random) -> bool:
    if not cell.outputs:
        return False
    cell.outputs[0].metadata = {_SVG: {"width": 1}, "isolated": True}
    return True


# -------------------------------------------------------------------- changes of how a cell was run


@_kind
def execution_count_removed(_: Notebook, cell: Cell, __: Random) -> bool:
    cell.execution_count = None
    return True


@_kind
def execution_count_changed(_: Notebook, cell: Cell, random: Random) -> bool:
    cell.execution_count += random.randint(1, 9)
    return True


@_kind
def run_out_of_order(notebook: Notebook, cell: Cell, _: Random) -> bool:
    cells = code_cells(notebook)
    other = cells[(cells.index(cell) + 1) % len(cells)]
    cell.execution_count, other.execution_count = other.execution_count, cell.execution_count
    return True


def _opted_out(tag: str) -> Change:
    def change(_: Notebook, cell: Cell, random: Random) -> bool:
        cell.metadata["tags"] = [tag]
        cell.outputs = [nbformat.v4.new_output("display_data", data={_TEXT: str(random.random())})]
        return True

    return change


def _marked(marker: str) -> Change:
    def change(_: Notebook, cell: Cell, random: Random) -> bool:
        cell.source = f"# {marker}\n{cell.source}"
        cell.outputs = [nbformat.v4.new_output("display_data", data={_TEXT: str(random.random())})]
        return True

    return change


for _tag in ("nbval-skip", "nbval-ignore-output", "nbval-raises-exception", "raises-exception"):
    KINDS[f"tag_{_tag}"] = Kind(f"tag_{_tag}", _opted_out(_tag), of_source=False)
for _marker in ("NBVAL_SKIP", "NBVAL_IGNORE_OUTPUT", "PYTEST_VALIDATE_IGNORE_OUTPUT", "NBVAL_RAISES_EXCEPTION"):
    KINDS[f"comment_{_marker}"] = Kind(f"comment_{_marker}", _marked(_marker), of_source=False)


@_kind
def output_hidden(_: Notebook, cell: Cell, random: Random) -> bool:
    hidden: Sequence[dict[str, Any]] = [{"jupyter": {"outputs_hidden": True}}, {"collapsed": True}]
    cell.metadata.update(random.choice(hidden))
    return True


# -------------------------------------------------------------------- changes of the cells


@_kind_of_source
def cell_deleted(notebook: Notebook, cell: Cell, _: Random) -> bool:
    notebook.cells.remove(cell)
    return True


@_kind_of_source
def cell_deleted_and_others_counted_again(notebook: Notebook, cell: Cell, _: Random) -> bool:
    notebook.cells.remove(cell)
    for number, left in enumerate(code_cells(notebook), start=1):
        left.execution_count = number
        for output in left.outputs:
            if "execution_count" in output:
                output.execution_count = number
    return True


@_kind_of_source
def cell_doubled(notebook: Notebook, cell: Cell, _: Random) -> bool:
    notebook.cells.insert(notebook.cells.index(cell), copy.deepcopy(cell))
    return True


@_kind_of_source
def cell_never_run_added(notebook: Notebook, cell: Cell, _: Random) -> bool:
    notebook.cells.insert(notebook.cells.index(cell), nbformat.v4.new_code_cell("assert True"))
    return True


@_kind_of_source
def cell_moved_down(notebook: Notebook, cell: Cell, _: Random) -> bool:
    cells = code_cells(notebook)
    after = cells[(cells.index(cell) + 1) % len(cells)]
    at, to = notebook.cells.index(cell), notebook.cells.index(after)
    notebook.cells[at], notebook.cells[to] = after, cell
    return True


@_kind_of_source
def cell_made_prose(notebook: Notebook, cell: Cell, _: Random) -> bool:
    notebook.cells[notebook.cells.index(cell)] = nbformat.v4.new_markdown_cell(f"```python\n{cell.source}\n```")
    return True


@_kind_of_source
def number_in_source(_: Notebook, cell: Cell, random: Random) -> bool:
    cell.source = _one(cell.source, r"(?<![\w.])\d+(?![\w.])", random, lambda number: str(int(number) + 1))
    return True


@_kind_of_source
def comparison_in_source(_: Notebook, cell: Cell, random: Random) -> bool:
    cell.source = _one(cell.source, r"==|(?<=[ \w)\]])[<>](?= )", random, {"==": "!=", "<": ">", ">": "<"}.__getitem__)
    return True


@_kind_of_source
def word_in_source(_: Notebook, cell: Cell, random: Random) -> bool:
    cell.source = _one(cell.source, r'(?<=")[a-z_]{3,}(?=")', random, lambda word: _other_letter(word, random))
    return True


@_kind_of_source
def error_in_source(_: Notebook, cell: Cell, __: Random) -> bool:
    cell.source = f"1 / 0\n{cell.source}"
    return True


# -------------------------------------------------------------------- the attack


def mutants(kinds: Iterable[str], seed: int, stored: Mapping[str, Notebook]) -> Iterator[Mutant]:
    """Every change of some kinds that can be made."""
    for kind in kinds:
        for name, notebook in stored.items():
            for cell in range(len(code_cells(notebook))):
                mutant = Mutant(KINDS[kind], name, cell, f"{seed} {kind} {name} {cell}")
                if mutant.apply(copy.deepcopy(notebook)):
                    yield mutant


def refused(mutant: Mutant, notebook: Notebook) -> bool:
    """Whether the rules on stored notebooks refuse a change."""
    changed = copy.deepcopy(notebook)
    mutant.apply(changed)
    return bool(faults(mutant.notebook, changed))


def one_a_notebook(found: Iterable[Mutant]) -> list[list[Mutant]]:
    """Share mutants out over runs of the notebooks, one in each notebook a run."""
    waiting: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in found:
        waiting[mutant.notebook].append(mutant)
    longest = max(map(len, waiting.values()), default=0)
    return [[queue[turn] for queue in waiting.values() if turn < len(queue)] for turn in range(longest)]


def command() -> list[str]:
    """How `make test` runs the notebooks, without their folder."""
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"-m pytest (.*--nbval .*) notebooks\n", makefile)
    if found is None:
        raise ValueError("the Makefile does not run the notebooks under nbval")
    return [sys.executable, "-m", "pytest", *found[1].split(), "-p", "no:cacheprovider"]


def failing(
    notebooks: Mapping[str, Notebook], mutants: Sequence[Mutant] = ()
) -> tuple[set[tuple[str, int]], set[Mutant]]:
    """Run notebooks as `make test` does.

    Args:
        notebooks: what to run.
        mutants: changes that are only compared with what each cell gives.

    Returns:
        The code cells that fail, from 0, and the mutants that the comparison notices.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, notebook in notebooks.items():
            nbformat.write(notebook, folder / f"{name}.ipynb")
            of_it = [(mutant.kind.name, mutant.cell, mutant.seed) for mutant in mutants if mutant.notebook == name]
            (folder / f"{name}.mutants").write_text(json.dumps(of_it))
            (folder / f"{name}.verdicts").touch()
        shutil.copy(HOME / "notebooks" / "conftest.py", folder)
        paths = os.pathsep.join([str(HOME / "tests"), os.environ.get("PYTHONPATH", "")])
        result = subprocess.run(  # noqa: S603
            [
                *command(),
                "-p",
                "attacks.compared",
                "--config-file",
                str(HOME / "pyproject.toml"),
                "--rootdir",
                place,
                place,
            ],
            cwd=place,
            env={**os.environ, "ANALYSIS_HOME": str(HOME), "PYTHONPATH": paths, "ATTACKED_OUTPUTS": place},
            capture_output=True,
            text=True,
            check=False,
        )
        failed = failed_cells(result)
        noticed = set()
        for name in notebooks:
            of_it_all = [mutant for mutant in mutants if mutant.notebook == name]
            lines = (folder / f"{name}.verdicts").read_text().splitlines()
            verdicts = dict(json.loads(line) for line in lines)
            if len(verdicts) != len(of_it_all):
                raise RuntimeError(f"{name}: {len(of_it_all)} mutants, {len(verdicts)} verdicts\n{result.stdout}")
            noticed |= {of_it_all[at] for at, is_noticed in verdicts.items() if is_noticed}
    return failed, noticed


def failed_cells(run: subprocess.CompletedProcess[str]) -> set[tuple[str, int]]:
    """The code cells that failed in a run of notebooks, from 0.

    Raises:
        RuntimeError: something other than cells failed, so that the run says nothing of the others.
    """
    failed = re.findall(r"^FAILED (\w+)\.ipynb::Cell (\d+)", run.stdout, re.MULTILINE)
    broken = re.search(r"^ERROR \S|^FAILED (?!\w+\.ipynb::Cell \d)|crashed while running", run.stdout, re.MULTILINE)
    if broken or run.returncode != (1 if failed else 0):
        raise RuntimeError(run.stdout + run.stderr)
    return {(name, int(cell)) for name, cell in failed}


def changed_by(mutants: Iterable[Mutant], stored: Mapping[str, Notebook]) -> dict[str, Notebook]:
    """The notebooks with some changes made."""
    changed = copy.deepcopy(dict(stored))
    for mutant in mutants:
        mutant.apply(changed[mutant.notebook])
    return changed


def main() -> int:
    """Run the attack; 1 where a change of what is stored goes unnoticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=list(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--source-runs", type=int, default=2, help="runs with changed sources (default: 2)")
    given = parser.parse_args()
    stored = {path.stem: nbformat.read(path, as_version=4) for path in NOTEBOOKS}
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    left = []
    for mutant in mutants(given.kinds, given.seed, stored):
        if refused(mutant, stored[mutant.notebook]):
            tally[mutant.kind.name]["by rule"] += 1
        else:
            left.append(mutant)
    Random(given.seed).shuffle(left)  # noqa: S311
    of_outputs = [mutant for mutant in left if not mutant.kind.of_source]
    print(f"{sum(tally.values(), Counter()).total():,} mutants refused by rule, {len(left):,} to go", flush=True)

    failed, noticed = failing(stored, of_outputs)
    if failed:
        print(f"the notebooks do not reproduce as they are: {sorted(failed)}")
        return 1
    missed = [mutant for mutant in of_outputs if mutant not in noticed]
    for mutant in of_outputs:
        tally[mutant.kind.name]["missed" if mutant in missed else "by nbval"] += 1
    for mutant in missed:
        print(f"missed: {mutant.kind.name} in {mutant.notebook}, code cell {mutant.cell + 1}", flush=True)

    # The comparison above is nbval's own; so that nothing rests on that, one change a cell is run as it stands.
    whole = list({(mutant.notebook, mutant.cell): mutant for mutant in of_outputs}.values())
    failed, _ = failing(changed_by(whole, stored))
    wanted = {(mutant.notebook, mutant.cell) for mutant in whole if mutant in noticed}
    print(f"one change in each of {len(whole)} cells: {len(failed)} cells fail", flush=True)
    if failed != wanted:
        print(f"not the cells that were changed: {sorted(failed ^ wanted)}")
        return 1

    of_source = one_a_notebook(mutant for mutant in left if mutant.kind.of_source)
    for run in of_source[: given.source_runs]:
        names = {name for name, _ in failing(changed_by(run, stored))[0]}
        for mutant in run:
            tally[mutant.kind.name]["by nbval" if mutant.notebook in names else "harmless"] += 1
            if mutant.notebook not in names:
                print(f"harmless: {mutant.kind.name} in {mutant.notebook}, code cell {mutant.cell + 1}", flush=True)
    verdicts = ("by rule", "by nbval", "harmless", "missed")
    print(f"{'kind of change':40}{'tried':>8}" + "".join(f"{verdict:>10}" for verdict in verdicts))
    for name, counts in [*tally.items(), ("all", sum(tally.values(), Counter()))]:
        print(f"{name:40}{counts.total():8,}" + "".join(f"{counts[verdict]:10,}" for verdict in verdicts))
    print(f"{sum(map(len, of_source[given.source_runs :])):,} changes of sources not tried, since runs were limited.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
