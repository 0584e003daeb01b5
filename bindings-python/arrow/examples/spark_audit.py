"""Audits a log of tokens with Spark: what came of each, and how many by verdict and code.

    spark-submit examples/spark_audit.py policy.yaml log.parquet verdicts

The log has the columns `path`, `authorization` and `at`. In local mode and on a cluster it is the same code; there the
Python of the workers needs `jotgate-arrow`, too. Each worker makes one validator, of a policy that travels as text, and
fetches key sets once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

import jotgate_arrow

COLUMNS = "path string, verdict string, code string, claim string, issuer_index long, sub string, exp timestamp"


def audited(log: DataFrame, policy: str) -> DataFrame:
    """What came of each row of a log. The tokens themselves go no further."""
    shared = log.sparkSession.sparkContext.broadcast(policy)

    def judge(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        # One in each worker, whichever batch comes first: it keeps the key sets.
        validator = jotgate_arrow.shared_validator(shared.value, "yaml")
        for batch in batches:
            verdicts = jotgate_arrow.validate(
                validator,
                batch,
                "authorization",
                scheme="Bearer",
                time_column="at",
                claims=["sub", "exp"],
                keep=["path"],
                # Spark starts as many workers as there are processors.
                threads=1,
            )
            yield from map(pa.record_batch, verdicts)

    return log.select("path", "authorization", "at").mapInArrow(judge, COLUMNS)


def main(policy: str, log: str, out: str) -> None:
    """Reads a log, writes what came of its tokens, and shows how many there were of each kind."""
    spark = SparkSession.builder.appName("jotgate audit").getOrCreate()
    document = Path(policy).read_text(encoding="utf-8")
    audited(spark.read.parquet(log), document).write.mode("overwrite").parquet(out)
    spark.read.parquet(out).groupBy("verdict", "code").count().orderBy("verdict", "code").show(truncate=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
