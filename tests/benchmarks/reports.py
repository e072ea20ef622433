"""Reports in bulk: `analysis import reports` against bare reading of the same files, and its memory by their number.

Run: `PYTHONPATH=tests python -m benchmarks.reports FOLDER [--numbers 50 200 468 1872]`, where FOLDER holds `text/` and
`pdf/` with reports, such as the one that `ANALYSIS_SOURCES` names. Where it holds fewer than wanted, they are taken
again under other names. `WAITS.md` says how to read the table.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

COMMANDS = {
    "bare": """
import sys
from pathlib import Path
from pypdf import PdfReader
for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.suffix == ".pdf":
        for page in PdfReader(path).pages:
            page.extract_text()
    else:
        path.read_text(encoding="utf-8")
""",
    "import": """
import sys
from analysis.cli import app
if __name__ == "__main__":
    app(["import", "reports", sys.argv[1], "--show", "0"])
""",
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--numbers", type=int, nargs="+", default=[50, 200, 468, 1872])
    parser.add_argument("--pdfs", type=int, nargs="+", default=[27, 108], help="how many of them as PDF")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for kind, numbers in (("txt", given.numbers), ("pdf", given.pdfs)):
            sources = sorted((given.folder / {"txt": "text", "pdf": "pdf"}[kind]).glob(f"*.{kind}"))
            print(f"\n{kind}: {len(sources)} reports; seconds by the clock, and of all processors")
            print(
                f"{'files':>6} {'bare':>8} {'import':>8} {'ratio':>6} {'bare':>9} {'import':>8} {'ratio':>6}"
                f" {'peak, bare':>12} {'peak, import':>13}",
                flush=True,
            )
            for number in numbers:
                files = home / f"{kind}-{number}"
                files.mkdir()
                for place, source in enumerate(islice(cycle(sources), number)):
                    again = place // len(sources)
                    (files / (f"{source.stem}-{again}.{kind}" if again else source.name)).symlink_to(source.resolve())
                bare, bare_used, bare_peak = _run("bare", files, home)
                ours, used, peak = _run("import", files, home)
                print(
                    f"{number:6} {bare:6.1f} s {ours:6.1f} s {ours / bare:6.2f} {bare_used:7.1f} s {used:6.1f} s"
                    f" {used / bare_used:6.2f} {bare_peak:9,} MB {peak:10,} MB",
                    flush=True,
                )


def _run(command: str, files: Path, folder: Path) -> tuple[float, float, int]:
    """Seconds on the clock, seconds of processors, and the most memory of any of the processes."""
    script = folder / f"{command}.py"
    script.write_text(COMMANDS[command], encoding="utf-8")
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, script, files], stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - started
    if status:
        raise SystemExit(f"{command} failed")
    return taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


if __name__ == "__main__":
    main()
