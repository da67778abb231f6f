"""Runs a command and prints what it took as JSON: wall and user seconds, and the peak of its memory in MiB.

Node.js cannot ask the kernel for the times of a process that has ended; wait4 gives them exactly.
"""

import json
import os
import subprocess
import sys
import time

start = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.monotonic() - start
if status != 0:
    sys.exit(f"{sys.argv[1]} ended with status {status}")
# Linux counts in KiB, macOS in bytes.
unit = 1024 if sys.platform == "linux" else 1024 * 1024
print(json.dumps({"seconds": seconds, "user": usage.ru_utime, "mebibytes": usage.ru_maxrss / unit}))
