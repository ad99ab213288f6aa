#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens an exported page in headless Chromium over WebDriver, uses it as a person would, and prints
what it saw as JSON: html_page.py PAGE [SCREENSHOT-PREFIX]. Needs chromium and chromedriver."""
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--window-size=1400,860"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    def __init__(self, folder):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        port = None
        for line in self.driver.stdout:
            if "successfully on port" in line:
                port = line.rstrip().rstrip(".").rsplit(" ", 1)[1]
                break
        self.base = f"http://127.0.0.1:{port}/session"
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        made = self.call("POST", "", {"capabilities": {"alwaysMatch": {
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": FLAGS + [f"--user-data-dir={folder}"]}}}})
        self.base += "/" + made["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            # "unable to connect to renderer" is also what it says when /etc/hosts lacks localhost.
            said = json.load(error)["value"]["message"]
            raise RuntimeError(f"chromedriver: {said}") from None

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(10)

    def run(self, script, *args):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def find(self, css):
        return self.call("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        self.call("POST", f"/element/{self.find(css)}/click", {})

    def keys(self, text):
        """To whatever has the focus."""
        actions = []
        for key in text:
            actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "k", "actions": actions}]})

    def mouse(self, x, y, *more):
        actions = [{"type": "pointerMove", "duration": 0, "x": int(x), "y": int(y)}, *more]
        self.call("POST", "/actions", {"actions": [
            {"type": "pointer", "id": "m", "parameters": {"pointerType": "mouse"},
             "actions": actions}]})

    def settle(self):
        self.call("POST", "/execute/async", {"args": [], "script": """
            const done = arguments[0];
            requestAnimationFrame(() => requestAnimationFrame(() => done(1)));"""})

    def picture(self, path):
        self.settle()
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("GET", "/screenshot")))


DOWN_UP = ({"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0})
LEFT, ESCAPE, ENTER, ARROW_DOWN = "\ue012", "\ue00c", "\ue007", "\ue015"
TEXT = "return document.querySelector(arguments[0]).innerText"


def use(browser, page, prefix):
    seen = {}

    def picture(name):
        if prefix:
            browser.picture(f"{prefix}{name}.png")

    begun = time.monotonic()
    browser.call("POST", "/url", {"url": "file://" + os.path.abspath(page)})
    browser.settle()
    seen["load_ms"] = round((time.monotonic() - begun) * 1000)
    seen["ready"] = browser.run("return document.body.dataset.ready") == "yes"
    seen["title"] = browser.run("return document.title")
    seen["target"] = browser.run(TEXT, "#target")
    seen["facts"] = browser.run("""return Object.fromEntries([...document.querySelectorAll('#facts div')]
        .map((d) => [d.querySelector('dt').textContent, d.querySelector('dd').textContent]))""")
    seen["rows_drawn"] = browser.run("return document.querySelectorAll('.label').length")
    seen["bars_drawn"] = browser.run("return document.querySelectorAll('#lanes path').length")
    seen["footer"] = browser.run(TEXT, "#how")
    seen["hooks"] = browser.run("return document.querySelector('#how').title")
    seen["legend"] = browser.run(TEXT, "#legend")
    seen["first_row"] = browser.run(TEXT, ".label")
    picture("timeline-light")

    # A click opens a process.
    browser.click(".label")
    browser.settle()
    seen["opened"] = browser.run(TEXT, "#details h2")
    seen["details"] = browser.run(TEXT, "#details")
    # Hovering over a process shows its details; a click opens it; a drag moves, the wheel zooms.
    spot = browser.run("""const r = document.querySelector('#lanes').getBoundingClientRect();
        return [r.left + r.width * 0.3, r.top + 12]""")
    browser.mouse(*spot)
    seen["tip"] = browser.run(TEXT, "#tip")
    browser.keys(ESCAPE)
    seen["closed"] = browser.run("return document.querySelector('#details').hidden")
    browser.mouse(*spot, *DOWN_UP)
    seen["opened_by_lane"] = browser.run(TEXT, "#details h2")
    before = browser.run("return document.querySelector('#ticks').innerHTML")
    browser.keys("+")
    browser.settle()
    zoomed = browser.run("return document.querySelector('#ticks').innerHTML")
    browser.keys(LEFT)
    browser.settle()
    seen["zooms"] = before != zoomed
    seen["moves"] = zoomed != browser.run("return document.querySelector('#ticks').innerHTML")
    browser.keys("0")
    browser.settle()

    # By keyboard alone.
    browser.keys(ESCAPE + ARROW_DOWN + ARROW_DOWN + ENTER)
    browser.settle()
    seen["chosen_by_keys"] = browser.run("""const c = document.querySelector('.label.chosen');
        return c && c.querySelector('.pid').textContent""")
    seen["opened_by_keys"] = browser.run(TEXT, "#details .faint")
    browser.keys("d")
    dark = browser.run("return getComputedStyle(document.body).backgroundColor")
    picture("details-dark")
    browser.keys("d")
    seen["two_themes"] = dark != browser.run("return getComputedStyle(document.body).backgroundColor")

    # A search.
    word = browser.run("""return JSON.parse(document.querySelector('#data').textContent)
        .processes.slice(-1)[0].pid""")
    browser.keys("/" + str(word))
    browser.settle()
    seen["found"] = browser.run(TEXT, "#found")
    seen["found_pids"] = browser.run("""return [...document.querySelectorAll('.label .pid')]
        .map((e) => e.textContent)""")
    seen["searched"] = str(word)
    browser.keys(ESCAPE)

    # The table, sorted by a click.
    browser.click("#tab-processes")
    browser.click("#table th:nth-child(2) button")
    pids = "return [...document.querySelectorAll('#table tbody td:nth-child(2)')].map((e) => +e.textContent)"
    seen["sorted"] = browser.run(pids)[:5]
    browser.click("#table th:nth-child(2) button")
    seen["sorted_again"] = browser.run(pids)[:5]
    seen["table_text"] = browser.run(TEXT, "#table tbody tr")
    picture("table-light")
    browser.keys("d")
    picture("table-dark")
    seen["foreign_elements"] = browser.run(
        "return document.querySelectorAll('b.hostile, img, iframe, a').length")
    seen["console"] = [line["message"] for line in browser.call("POST", "/se/log", {"type": "browser"})]
    return seen


def main():
    prefix = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            json.dump(use(browser, sys.argv[1], prefix), sys.stdout)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
