"""Events that were taken and are not in the bucket yet: segments, files on the disk of the pod.

A line of a segment is the folder in the bucket that an event belongs to, a tab, and the event. A segment that is sealed
gets no more lines; its name is that of its objects, so that putting it twice puts the same objects twice. All that is
found at the start is sealed: what a run that was cut off has left.
"""

import collections
import gzip
import os
import threading
import time
from pathlib import Path

SUFFIX = ".segment"


class Full(Exception):
    """There is no room for an event."""


class Segment:
    """A file that lines are added to, each on the disk before its caller goes on."""

    def __init__(self, path):
        self.path, self.born = path, time.monotonic()
        self.file = os.open(str(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        sync_folder(path.parent)
        self.size = self.synced = 0
        self.syncing = threading.Lock()

    def write(self, line):
        """Returns the size with the line in it. A line that does not fit leaves nothing behind."""
        try:
            written = 0
            while written < len(line):
                written += os.write(self.file, line[written:])
        except OSError:
            os.ftruncate(self.file, self.size)
            os.lseek(self.file, self.size, os.SEEK_SET)
            raise
        self.size += len(line)
        return self.size

    def sync(self, size):
        """Waits until the disk has that much: one call of fsync for all who wait."""
        with self.syncing:
            if self.synced < size:
                reached = self.size
                os.fsync(self.file)
                self.synced = reached

    def close(self):
        self.sync(self.size)
        os.close(self.file)


def sync_folder(path):
    """The name of a new file is on the disk once its folder is."""
    folder = os.open(str(path), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Spool:
    """All segments of a pod, which together never have more than `most` bytes."""

    def __init__(self, folder, most, segment_bytes, name):
        self.folder, self.most, self.segment_bytes, self.name = Path(folder), most, segment_bytes, name
        self.lock = threading.Lock()
        self.open = None
        self.bytes = sum(path.stat().st_size for path in self.folder.glob(f"*{SUFFIX}"))
        # Set when a segment is full: it need not wait for its time.
        self.full = threading.Event()

    def add(self, folder, event):
        """Keeps an event. @raises Full, and OSError where the disk fails"""
        line = f"{folder}\t{event}\n".encode()
        with self.lock:
            if self.bytes + len(line) > self.most:
                raise Full
            if self.open is None:
                self.open = Segment(self.folder / f"{self.name}-{time.time_ns()}{SUFFIX}")
            segment = self.open
            size = segment.write(line)
            self.bytes += len(line)
            if size >= self.segment_bytes:
                self._seal()
                self.full.set()
                return
        segment.sync(size)

    def seal(self, age=0.0):
        """Seals the segment that is open, if it is that many seconds old."""
        with self.lock:
            if self.open is not None and time.monotonic() - self.open.born >= age:
                self._seal()

    def _seal(self):
        segment, self.open = self.open, None
        segment.close()

    def sealed(self):
        """The segments that are to be put, the oldest first."""
        with self.lock:
            now = self.open and self.open.path
            paths = [path for path in self.folder.glob(f"*{SUFFIX}") if path != now]
        return sorted(paths, key=born)

    def remove(self, path):
        size = path.stat().st_size
        path.unlink()
        with self.lock:
            self.bytes -= size

    def oldest(self):
        """Seconds since the first event that is not in the bucket; 0 where all are."""
        times = [born(path) for path in self.folder.glob(f"*{SUFFIX}")]
        return max(0.0, time.time() - min(times) / 1e9) if times else 0.0


def born(path):
    """When a segment was begun, in nanoseconds."""
    return int(path.stem.rsplit("-", 1)[1])


def objects(path):
    """The objects of a sealed segment: name and content, JSON lines packed by gzip."""
    lines = collections.defaultdict(list)
    with path.open("rb") as file:
        for line in file:
            folder, tab, event = line.partition(b"\t")
            # The end of a line that was cut off with its writer, who had not answered yet.
            if tab and event.endswith(b"\n"):
                lines[folder.decode()].append(event)
    for folder, events in lines.items():
        # Without a time in it, the same events are the same bytes.
        yield f"{folder}/{path.stem}.jsonl.gz", gzip.compress(b"".join(events), 6, mtime=0)
