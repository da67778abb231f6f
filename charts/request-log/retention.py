"""Deletes logged events that are older than some days, by the hour in the names of their objects.

The names say when events were taken, also where objects were copied, or put late. It works on every store, unlike rules
of a bucket's lifecycle. Objects with other names stay.

Reads: BUCKET; DAYS; ADDRESSING_STYLE, "path" or "virtual"; and the variables of boto3, which say where the bucket is
and who asks.
"""

import datetime
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor

NAME = re.compile(r"[^/]+/[^/]+/(?P<hour>\d{4}-\d{2}-\d{2}/\d{2})/[^/]+\.jsonl\.gz")


def last_hour(now, days):
    """The newest hour that ended that many days ago, such as "2026-01-31/17"."""
    return (now - datetime.timedelta(days=days, hours=1)).strftime("%Y-%m-%d/%H")


def run(s3, bucket, days, now):
    """Returns how many objects it has deleted, and how many have other names."""
    limit, deleted, others = last_hour(now, days), 0, 0
    with ThreadPoolExecutor(8) as workers:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            names = [entry["Key"] for entry in page.get("Contents", [])]
            matches = [NAME.fullmatch(name) for name in names]
            old = [match.string for match in matches if match and match["hour"] <= limit]
            others += matches.count(None)
            # One by one: not every store deletes several at once.
            deleted += sum(1 for _ in workers.map(lambda name: s3.delete_object(Bucket=bucket, Key=name), old))
    return deleted, others


def main(env):
    import boto3
    from botocore.config import Config

    days = int(env["DAYS"])
    if days < 1:
        sys.exit(f"DAYS is {days}, which would delete all; it has to be 1 or more")
    s3 = boto3.client("s3", config=Config(s3={"addressing_style": env["ADDRESSING_STYLE"]}))
    deleted, others = run(s3, env["BUCKET"], days, datetime.datetime.now(datetime.timezone.utc))
    print(f"deleted {deleted} objects whose events are older than {days} days")
    if others:
        print(f"{others} objects are no log of requests, and stay")


if __name__ == "__main__":
    main(os.environ)
