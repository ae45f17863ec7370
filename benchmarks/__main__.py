"""Run the benchmarks named on the command line, or all: `python -m benchmarks reads`."""

import subprocess
import sys
from pathlib import Path

ALL = sorted(each.stem for each in Path(__file__).parent.glob("[a-z]*.py"))

for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"There is no benchmark {name!r}; there are {', '.join(ALL)}.")
    print(f"== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
