"""A page in headless Chromium, by the DevTools protocol on a pipe: without scripts, without network. Standard library only."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
         "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--disable-dev-shm-usage")
SECONDS = 120  # for an answer, on a busy machine


class Browser:
    """`with Browser() as browser: page = browser.open(path, width=360)`; the path is of a file, or http://127.0.0.1:PORT/."""

    def __enter__(self):
        program = shutil.which("chromium")
        if program is None:
            raise AssertionError("chromium is missing: deploy/install-packages.sh test")
        self.directory = tempfile.mkdtemp()
        commands, self.to_browser = os.pipe()
        self.from_browser, answers = os.pipe()

        def as_the_protocol_wants():  # reads from 3, writes to 4
            read, write = os.dup(commands), os.dup(answers)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.directory}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=as_the_protocol_wants, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        os.set_blocking(self.from_browser, False)
        self.buffer, self.number, self.events = b"", 0, []
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        os.close(self.to_browser)
        os.close(self.from_browser)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _message(self, deadline):
        while b"\0" not in self.buffer:
            if time.monotonic() > deadline:
                raise TimeoutError("no answer of Chromium")
            try:
                self.buffer += os.read(self.from_browser, 1 << 20)
            except BlockingIOError:
                time.sleep(0.01)
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.to_browser, data):]
        deadline = time.monotonic() + SECONDS
        while True:
            message = self._message(deadline)
            if message.get("id") == self.number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait_for(self, event):
        deadline = time.monotonic() + SECONDS
        while not any(message.get("method") == event for message in self.events):
            self.events.append(self._message(deadline))

    def open(self, path, width, height=800, dark=False):
        return Page(self, path, width, height, dark)


class Page:
    def __init__(self, browser, path, width, height, dark):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        for domain in ("Page", "Network", "Log", "DOM", "CSS"):
            self.call(f"{domain}.enable")
        browser.events.clear()
        url = path if str(path).startswith("http://") else pathlib.Path(path).resolve().as_uri()
        self.call("Page.navigate", url=url)
        browser.wait_for("Page.loadEventFired")
        self.requests = [event["params"]["request"]["url"] for event in browser.events
                         if event.get("method") == "Network.requestWillBeSent"]
        self.messages = [event["params"]["entry"]["text"] for event in browser.events
                         if event.get("method") == "Log.entryAdded"]
        self.root = self.call("DOM.getDocument")["root"]["nodeId"]

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def size(self):
        """Of the content, which is wider than the window where something overflows."""
        content = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return content["width"], content["height"]

    def all(self, selector):
        return self.call("DOM.querySelectorAll", nodeId=self.root, selector=selector)["nodeIds"]

    def box(self, node):
        """Left, top, right, bottom."""
        quad = self.call("DOM.getBoxModel", nodeId=node)["model"]["border"]
        return quad[0], quad[1], quad[4], quad[5]

    def style(self, selector, name):
        node = self.all(selector)[0]
        computed = self.call("CSS.getComputedStyleForNode", nodeId=node)["computedStyle"]
        return next(entry["value"] for entry in computed if entry["name"] == name)

    def screenshot(self, path):
        width, height = self.size()
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, 16000), "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))
