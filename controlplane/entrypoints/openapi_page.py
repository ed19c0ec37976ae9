"""Writes the API's description to a file, for the web UI's typed client: ``python -m ... FILE``."""

import json
import sys
from pathlib import Path

from controlplane.entrypoints.api import make_api
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings


def main() -> None:
    """Leaves a file that is as it should be alone, so that nothing is built anew for it."""
    target = Path(sys.argv[1])
    app = make_api(make_services(Settings(_env_file=None), "postgresql+psycopg://"))
    text = json.dumps(app.openapi(), indent=1) + "\n"
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


if __name__ == "__main__":
    main()
