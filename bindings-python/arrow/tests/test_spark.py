"""The example for PySpark, in local mode: what two Python workers say of a log is what the validator says."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from issuer import NOW, Key, KeyServer
from samples import issuer_entry

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed: make test-spark"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17 or later"),
]

EXAMPLE = Path(__file__).parents[1] / "examples" / "spark_audit.py"
ROWS = 20_000


def test_a_log_of_many_tokens(server: KeyServer, key: Key, tmp_path: Path) -> None:
    at = datetime.fromtimestamp(NOW, tz=timezone.utc)
    fields: list[str | None] = [f"Bearer {key.token(sub=str(number))}" for number in range(3)]
    fields += [f"Bearer {key.token(exp=NOW - 60)}", "Bearer junk", "Basic x", None]
    expected = ["0", "1", "2", "expired", "malformed_token", "missing_token", None]
    times = pa.array([at] * ROWS, pa.timestamp("us", "UTC"))
    log = {"path": [f"/{n}" for n in range(ROWS)], "authorization": (fields * ROWS)[:ROWS], "at": times}
    (tmp_path / "log").mkdir()
    for part in range(4):
        table = pa.table(log).slice(part * ROWS // 4, ROWS // 4)
        pyarrow.parquet.write_table(table, tmp_path / "log" / f"{part}.parquet")
    policy = tmp_path / "policy.yaml"
    policy.write_text(json.dumps({"version": 1, "issuers": [issuer_entry(jwks_uri=server.url)]}))

    done = run(str(policy), str(tmp_path / "log"), str(tmp_path / "verdicts"))

    assert done.returncode == 0, done.stderr
    rows = pyarrow.parquet.read_table(tmp_path / "verdicts").to_pylist()
    assert len(rows) == ROWS
    for row in rows:
        assert (row["code"] or row["sub"]) == expected[int(row["path"][1:]) % 7], row
    assert "|accepted" in done.stdout
    assert 1 <= server.fetches <= 2, "once for each Python worker"
    for piece in str(fields[0]).removeprefix("Bearer ").split(".")[1:]:
        assert piece not in done.stdout + done.stderr


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """As `spark-submit` does, with two workers and without what local mode has no use for."""
    settings = ["--master local[2]", "--conf spark.ui.enabled=false", "--conf spark.sql.shuffle.partitions=2"]
    settings += ["--conf spark.sql.session.timeZone=UTC", "--driver-memory 512m", "pyspark-shell"]
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": " ".join(settings),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    command = [sys.executable, str(EXAMPLE), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment)
