"""How much CPU time clients take for an invoke and for a chunk of a stream.

Usage: `measure.py NAME=COMMAND…`; the first two are those that the others are compared with. All clients run at the
same time and are asked in turn, round by round. The CPU time is what the kernel counted for the client's process, user
and system, all threads; the server's isn't in it, nor the client's start and its warm-up.
"""

import math
import shlex
import statistics
import subprocess
import sys
import time

ROUNDS = 9
#: A measurement takes about this much CPU time, in seconds.
SECONDS = 0.5
TEXTS = {"invoke": "Where is my order?", "stream": " ".join(f"word{n}" for n in range(500))}


class Client:
    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.calls = {}
        self.costs = {verb: [] for verb in TEXTS}

    def cpu(self):
        """The process's CPU time so far, from the clock that clock_getcpuclockid(3) names on Linux."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def run(self, verb, calls):
        """The CPU time of so many calls, and how many answers or chunks there were."""
        before = self.cpu()
        print(f"{verb} {calls} {TEXTS[verb]}", file=self.process.stdin)
        taken_in = int(self.process.stdout.readline())
        if taken_in < calls:
            raise AssertionError(f"{self.name}: only {taken_in} of {calls} {verb} answers")
        return self.cpu() - before, taken_in

    def warm_up(self, verb):
        """Calls until a just-in-time compiler is done, and finds out how many calls make a measurement."""
        calls, seconds = 1, 0
        while seconds < SECONDS:
            calls *= 2
            seconds, _ = self.run(verb, calls)
        for _ in range(3):
            seconds, _ = self.run(verb, calls)
        self.calls[verb] = math.ceil(calls * SECONDS / seconds)

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
