#!/usr/bin/env python3
"""Judges the relay with a browser, directly and through proxies: judge.py PROGRAMS FOLDER

PROGRAMS is the folder of the programs `relay` and `fake-orq`. FOLDER gets the screenshots."""
import base64
import http.client
import json
import os
import signal
import socket
import string
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

PACE = 50  # milliseconds between two words
WORDS = [f"word{number}" for number in range(40)]
LONGEST_LEAVE = 50  # milliseconds from the browser's leaving to the end of the call
HERE = Path(__file__).parent

# Records when each text is shown, sends the page's form, and waits for `count` texts or the end of the answer.
ASK = """(async () => {
    const answer = document.getElementById("answer"), state = document.getElementById("state"), times = [];
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
        if (node.data) times.push(performance.now());
    }))).observe(answer, { childList: true });
    document.querySelector("button").click();
    await new Promise((resolve) => new MutationObserver(() => {
        if (times.length >= %d || !state.textContent.startsWith("Answering")) resolve();
    }).observe(document.body, { childList: true, subtree: true, attributes: true }));
    return { times, text: answer.textContent, state: state.textContent, isError: state.className === "error" };
})()"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(stack, command, **options):
    process = subprocess.Popen(command, **options)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def announced(process):
    """Returns the port that a program prints."""
    return int(process.stdout.readline().rsplit(b":", 1)[1])


def wait_for(port):
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.01)


class Front:
    """Passes bytes between the browser and a port, and remembers when the browser closed the last one that it asked on."""

    def __init__(self, port):
        self.port, self.left = port, None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            browser = self.listener.accept()[0]
            server = socket.create_connection(("127.0.0.1", self.port))
            for one in browser, server:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for way in (browser, server, True), (server, browser, False):
                threading.Thread(target=self.pass_on, args=way, daemon=True).start()

    def pass_on(self, source, target, is_browser):
        has_asked = False
        with suppress(OSError):
            while data := source.recv(1 << 16):
                has_asked = is_browser and data.startswith(b"POST ")
                target.sendall(data)
        if has_asked:
            self.left = time.monotonic()
        for one in source, target:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Fake:
    """The double of orq.ai behind the relay."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def send(self, method, path, body=None):
        self.connection.request(method, path, body and json.dumps(body))
        return self.connection.getresponse().read()

    def seed(self, **fault):
        """Has the next calls answered word by word, with this fault, and forgets the earlier ones."""
        deployment = {"key": "chat", "replies": [" ".join(WORDS)], "pace_ms": PACE, "faults": [fault] if fault else []}
        self.send("PUT", "/__fake/seed", {"deployments": [deployment]})
        self.send("DELETE", "/__fake/calls")

    def end(self):
        [call] = json.loads(self.send("GET", "/__fake/calls"))
        return call["end"]


class Browser:
    """Chromium, told what to do by the DevTools protocol over a pair of pipes."""

    def __init__(self, stack, folder):
        ours, theirs = os.pipe(), os.pipe()
        # The protocol is on the file descriptors 3 and 4.
        command = ["chromium", "--headless=new", "--no-sandbox", "--remote-debugging-pipe", f"--user-data-dir={folder}",
                   "--no-first-run", "--disable-background-networking", "--no-proxy-server", "about:blank"]
        shell = ["bash", "-c", f'exec 3<&{ours[0]} 4>&{theirs[1]} "$@"', "chromium", *command]
        start(stack, ["setsid", *shell], pass_fds=(ours[0], theirs[1]), stderr=subprocess.DEVNULL)
        os.close(ours[0]), os.close(theirs[1])
        self.write, self.read, self.number, self.rest = ours[1], theirs[0], 0, b""

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                self.rest += os.read(self.read, 1 << 16) or sys.exit("Chromium ended")
            message, self.rest = self.rest.split(b"\0", 1)
            message = json.loads(message)
            if message.get("id") == self.number:
                return message["result"] if "result" in message else sys.exit(str(message))

    def page(self, url):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable", session)
        self.call("Page.navigate", session, url=url)
        self.evaluate(session, 'new Promise((done) => document.readyState === "complete" ? done() : onload = done)')
        return target, session

    def evaluate(self, session, script):
        result = self.call("Runtime.evaluate", session, expression=script, awaitPromise=True, returnByValue=True)
        return result["result"].get("value") if "exceptionDetails" not in result else sys.exit(str(result))


class Judge:
    def __init__(self, browser, fake, folder):
        self.browser, self.fake, self.folder, self.failed = browser, fake, folder, False

    def verdict(self, way, what, is_good, figures):
        self.failed |= not is_good
        print(f"{way:<10} {what:<24} {'ok ' if is_good else 'BAD'} {figures}", flush=True)

    def answer(self, url, shot):
        target, session = self.browser.page(url)
        answer = self.browser.evaluate(session, ASK % 10_000)
        image = self.browser.call("Page.captureScreenshot", session)["data"]
        (self.folder / f"{shot}.png").write_bytes(base64.b64decode(image))
        self.browser.call("Target.closeTarget", targetId=target)
        return answer

    def words(self, way, url, is_buffered=False):
        self.fake.seed()
        answer = self.answer(url, f"{way}-answer")
        times = answer["times"]
        gaps = sorted(later - earlier for earlier, later in zip(times, times[1:]))
        spread = times[-1] - times[0]
        late = sum(gap < PACE / 4 for gap in gaps)
        is_whole = answer["text"] == " ".join(WORDS) and answer["state"] == "Complete (stop)"
        is_paced = spread > 0.8 * PACE * (len(WORDS) - 1) and late <= len(WORDS) / 10
        figures = f"{len(times)} texts in {spread:.0f} ms, gaps {gaps[0]:.0f} to {gaps[-1]:.0f} ms, {late} not alone"
        what = "all at once, on purpose" if is_buffered else "words one by one"
        self.verdict(way, what, is_whole and is_paced != is_buffered, figures)

    def error(self, way, url):
        self.fake.seed(cut_at=3000)
        answer = self.answer(url, f"{way}-error")
        is_begun = 0 < len(answer["text"]) and " ".join(WORDS).startswith(answer["text"])
        is_good = is_begun and answer["isError"] and answer["state"].startswith("The answer broke off. (truncated, trace")
        self.verdict(way, "a cut is shown", is_good, f"{answer['state']!r} after {len(answer['times'])} texts")

    def leave(self, way, front, what, go, **fault):
        self.fake.seed(**fault)
        target, session = self.browser.page(front.url)
        self.browser.evaluate(session, ASK % 5)
        if fault:
            time.sleep(10 * PACE / 1000)  # until nothing is under way
        is_open, front.left, began = self.fake.end() == "open", None, time.monotonic()
        go(target, session)
        while (end := self.fake.end()) == "open" and time.monotonic() < began + 10:
            time.sleep(0.001)
        now = time.monotonic()
        took, after = (now - began) * 1000, (now - (front.left or began)) * 1000
        is_good = is_open and end == "dropped" and after <= LONGEST_LEAVE
        self.verdict(way, what, is_good, f"{end} {after:.1f} ms after the connection closed, {took:.1f} ms in all")
        if go != self.close:
            self.close(target, session)

    def close(self, target, session):
        self.browser.call("Target.closeTarget", targetId=target)

    def go_on(self, target, session):
        self.browser.call("Page.navigate", session, url="about:blank")

    def stop(self, target, session):
        self.browser.evaluate(session, "document.getElementById('stop').click()")


def main(programs, folder):
    for number in signal.SIGALRM, signal.SIGTERM:
        signal.signal(number, lambda *_: sys.exit("the judge was ended"))
    signal.alarm(180)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orq-judge-", ignore_cleanup_errors=True)))
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        orq = announced(start(stack, [programs / "fake-orq", "--api-key", "sk-judge"], **quiet))
        variables = os.environ | {"ORQ_API_KEY": "sk-judge", "ORQ_BASE_URL": f"http://127.0.0.1:{orq}"}
        relay = announced(start(stack, [programs / "relay", "chat", "--addr", "127.0.0.1:0"], env=variables, **quiet))
        ports = {"relay": relay, "nginx": free_port(), "buffering": free_port(), "haproxy": free_port()}
        for name in ["nginx.conf", "haproxy.cfg"]:
            (scratch / name).write_text(string.Template((HERE / name).read_text()).substitute(ports))
        start(stack, ["nginx", "-e", "stderr", "-p", scratch, "-c", "nginx.conf"])
        start(stack, ["haproxy", "-db", "-f", scratch / "haproxy.cfg"])
        for port in ports.values():
            wait_for(port)
        fake = Fake(orq)
        judge = Judge(Browser(stack, scratch / "chromium"), fake, folder)
        for way in ["relay", "nginx", "haproxy"]:
            front = Front(ports[way])
            judge.words(way, front.url)
            judge.error(way, front.url)
            for name, fault in [("", {}), (" in silence", {"stall_at": 4000})]:
                judge.leave(way, front, f"page closed{name}", judge.close, **fault)
                judge.leave(way, front, f"page left{name}", judge.go_on, **fault)
                judge.leave(way, front, f"stopped{name}", judge.stop, **fault)
        judge.words("buffering", Front(ports["buffering"]).url, is_buffered=True)
    return judge.failed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
