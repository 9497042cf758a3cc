"""One line for each check: `passed NAME` or `FAILED NAME: why`."""

import sys
import traceback


class Checks:
    def __init__(self, subject):
        self.subject = subject
        self.failed = 0

    def check(self, name):
        """Runs the decorated function at once, as the check of this name."""

        def run(function):
            try:
                function()
            except Exception as error:
                traceback.print_exc()
                self.report(name, f"{type(error).__name__}: {error}".replace("\n", " "))
            else:
                self.report(name)

        return run

    def report(self, name, why=None):
        if why is None:
            print(f"passed {self.subject}: {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED {self.subject}: {name}: {why}", flush=True)

    def finish(self):
        sys.exit(1 if self.failed else 0)
