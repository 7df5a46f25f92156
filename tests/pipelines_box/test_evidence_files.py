"""A name of evidence stands for a whole file or for nothing."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from pipelines.evidence_files import Print, keep, sweep


def test_what_is_kept_is_what_is_announced(tmp_path: Path):
    kept = keep(tmp_path / "key", Print("now.jpg", "now", b"picture", 5, 6))
    data = (tmp_path / "key" / kept.name).read_bytes()
    assert (kept.sha256, kept.n_bytes) == (hashlib.sha256(data).hexdigest(), 7)
    assert kept.content_type == "image/jpeg"
    assert [path.name for path in (tmp_path / "key").iterdir()] == ["now.jpg"]


def test_a_half_written_rest_of_a_killed_process_is_swept_away(tmp_path: Path):
    keep(tmp_path / "key", Print("now.jpg", "now", b"picture", 5, 6))
    (tmp_path / "key" / ".clip.mp4.part").write_bytes(b"half")
    assert sweep(tmp_path) == 1
    assert [path.name for path in (tmp_path / "key").iterdir()] == ["now.jpg"]


TOO_LARGE = """
import resource, sys
from pathlib import Path
from pipelines.evidence_files import write_lasting
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_lasting(Path(sys.argv[1]), bytes(5000))
except OSError:
    print("refused")
"""


def test_a_disk_that_takes_no_more_leaves_the_old_file_and_no_rest(tmp_path: Path):
    target = tmp_path / "now.jpg"
    target.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", TOO_LARGE, str(target)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "refused"
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["now.jpg"]
