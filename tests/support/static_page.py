#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens a page without a script of its own in headless Chromium over WebDriver, and prints what it
saw as JSON: static_page.py PAGE [SCREENSHOT]. Needs chromium and chromedriver."""
import json
import os
import sys
import tempfile

from html_page import Browser

# How many texts and bars of the pictures are drawn outside their <svg>, by more than a pixel.
OUTSIDE = """
let outside = [];
for (const svg of document.querySelectorAll('svg')) {
  const frame = svg.getBoundingClientRect();
  for (const part of svg.querySelectorAll('text, rect, line, path')) {
    const box = part.getBoundingClientRect();
    if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
        box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
      outside.push(part.outerHTML.slice(0, 120));
  }
}
return outside;
"""
COUNT = "return document.querySelectorAll(arguments[0]).length"


def look(browser, page, picture):
    browser.call("POST", "/url", {"url": "file://" + os.path.abspath(page)})
    browser.settle()
    seen = {
        "title": browser.run("return document.title"),
        "text": browser.run("return document.body.innerText"),
        "headings": browser.run("return [...document.querySelectorAll('h2')].map((h) => h.innerText)"),
        "pictures": browser.run(COUNT, "svg[viewBox]"),
        "paths": browser.run(COUNT, "svg path"),
        "outside": browser.run(OUTSIDE),
        "broken_links": browser.run("""return [...document.querySelectorAll('a')].map((a) => a.hash)
            .filter((hash) => !document.getElementById(decodeURIComponent(hash.slice(1))))"""),
        "loaded": browser.run("return performance.getEntriesByType('resource').length"),
        "foreign_elements": browser.run(COUNT, "script, b, img, iframe, object, link, form"),
    }
    if picture:
        browser.picture(picture)
    seen["console"] = [line["message"] for line in browser.call("POST", "/se/log", {"type": "browser"})]
    return seen


def main():
    picture = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            json.dump(look(browser, sys.argv[1], picture), sys.stdout)
        finally:
            browser.close()


main()
