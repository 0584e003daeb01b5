"""Builds the fuzzer and runs its targets for some seconds each, from seeds that the vectors give.

    python3 tests/fuzz/run.py [--seconds 3] [--seeds 200] [--jobs 2] [--seed 7519] [TARGET...]

What a run finds new goes into `target/fuzz/corpus`, and the next one begins there. An input that ends the program is kept in
`target/fuzz/artifacts`: mend what it shows, and put it into `tests/fuzz/found/TARGET`, from where every run begins too.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import corpora

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "target" / "fuzz"
LONGEST = 8192
"""Octets of an input: what is longer costs time and shows nothing new."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", help="all of them where none is named")
    parser.add_argument("--seconds", type=int, default=3, help="for each target (%(default)s)")
    parser.add_argument("--seeds", type=int, help="for each target at most; otherwise all that the vectors give")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at once (%(default)s)")
    parser.add_argument("--seed", type=int, default=7519, help="of the first input (%(default)s)")
    options = parser.parse_args()
    fuzzer = build()
    counts = corpora.write(PLACE / "corpus", options.seeds)
    targets = options.targets or sorted(counts)
    print(f"{len(targets)} targets, {options.seconds} s each\n{'target':<16} {'seeds':>6} {'inputs':>9} {'branches':>9}")
    with ThreadPoolExecutor(options.jobs) as pool:
        fine = list(pool.map(lambda target: fuzz(fuzzer, target, counts.get(target, 0), options), targets))
    print(f"{sum(fine)} of {len(fine)} targets found nothing")
    return 0 if all(fine) else 1


def build() -> Path:
    command = ["cargo", "build", "--quiet", "-p", "jotgate-fuzz", "--features", "libfuzzer"]
    wrapper = Path(__file__).with_name("rustc-with-coverage.sh")
    subprocess.run(command, cwd=ROOT, env={**os.environ, "RUSTC_WORKSPACE_WRAPPER": str(wrapper)}, check=True)
    return ROOT / "target" / "debug" / "jotgate-fuzz"


def fuzz(fuzzer: Path, target: str, seeds: int, options: argparse.Namespace) -> bool:
    artifacts = PLACE / "artifacts" / target
    artifacts.mkdir(parents=True, exist_ok=True)
    command = [
        fuzzer,
        f"-max_total_time={options.seconds}",
        f"-seed={options.seed}",
        f"-max_len={LONGEST}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        "-use_value_profile=0",
        f"-artifact_prefix={artifacts}/",
        PLACE / "corpus" / target,
    ]
    environment = {**os.environ, "JOTGATE_FUZZ_TARGET": target, "RUST_BACKTRACE": "1"}
    # Other processes may take the processor for long, so only a hang ends it from outside.
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    branches = re.findall(r"cov: (\d+)", ended.stderr)
    inputs = re.search(r"stat::number_of_executed_units: +(\d+)", ended.stderr)
    print(f"{target:<16} {seeds:>6} {inputs[1] if inputs else '-':>9} {branches[-1] if branches else '-':>9}", flush=True)
    if ended.returncode != 0:
        print(f"{target} ended with {ended.returncode}:\n" + "\n".join(ended.stderr.splitlines()[-60:]), file=sys.stderr)
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
