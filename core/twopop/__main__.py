"""``python -m twopop``: the same as the command ``twopop``."""

import sys

from twopop.cli import main

sys.exit(main())
