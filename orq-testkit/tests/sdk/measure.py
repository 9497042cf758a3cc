"""How much CPU time clients take for an invoke and for a chunk of a stream.

Usage: `measure.py NAME=COMMAND…`; the first two are those that the others are compared with. All clients run at the
same time and are asked in turn, round by round. The CPU time is what the kernel counted for the client's process, user
and system, all threads; the server's isn't in it, nor the client's start and its warm-up.
"""

import os
import shlex
import statistics
import subprocess
import sys

ROUNDS = 9
#: A measurement takes at least this much of the CPU: fifty times the kernel's unit.
SECONDS = 0.5
TEXTS = {"invoke": "Where is my order?", "stream": " ".join(f"word{n}" for n in range(500))}
TICKS = os.sysconf("SC_CLK_TCK")


class Client:
    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.calls = {}
        self.costs = {verb: [] for verb in TEXTS}

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            # The program's name, in brackets, may have spaces in it.
            fields = file.read().rpartition(")")[2].split()
        user, system = fields[11], fields[12]
        return (int(user) + int(system)) / TICKS

    def run(self, verb, calls):
        """The CPU time of so many calls, and how many answers or chunks there were."""
        before = self.cpu()
        print(f"{verb} {calls} {TEXTS[verb]}", file=self.process.stdin)
        taken_in = int(self.process.stdout.readline())
        if taken_in < calls:
            raise AssertionError(f"{self.name}: only {taken_in} of {calls} {verb} answers")
        return self.cpu() - before, taken_in

    def warm_up(self, verb):
        """Finds out how many calls make a measurement."""
        calls = 1
        while self.run(verb, calls)[0] < SECONDS:
            calls *= 2
        self.calls[verb] = calls

    def measure(self, verb):
        seconds, taken_in = self.run(verb, self.calls[verb])
        self.costs[verb].append(seconds / taken_in * 1e6)


def main(*commands):
    clients = [Client(*command.split("=", 1)) for command in commands]
    for verb in TEXTS:
        for client in clients:
            client.warm_up(verb)
        for _ in range(ROUNDS):
            for client in clients:
                client.measure(verb)
    medians = {(client.name, verb): statistics.median(client.costs[verb]) for client in clients for verb in TEXTS}
    bases = [client.name for client in clients[:2]]
    print(f"CPU time of the client, medians of {ROUNDS} rounds")
    header = [f"{'':24}"]
    for verb, unit in [("invoke", "µs/invoke"), ("stream", "µs/chunk")]:
        header += [f"{unit:>12}", f"{'(min–max)':>18}", *(f"{'× ' + base.split()[-1]:>11}" for base in bases)]
    print("".join(header))
    for client in clients:
        row = [f"{client.name:24}"]
        for verb in TEXTS:
            median = medians[client.name, verb]
            extremes = f"({min(client.costs[verb]):.1f}–{max(client.costs[verb]):.1f})"
            ratios = (median / medians[base, verb] for base in bases)
            row += [f"{median:12.1f}", f"{extremes:>18}", *(f"{ratio:11.2f}" for ratio in ratios)]
        print("".join(row))
    for client in clients:
        client.process.stdin.close()
        if client.process.wait() != 0:
            sys.exit(f"{client.name} ended with status {client.process.returncode}")


main(*sys.argv[1:])
