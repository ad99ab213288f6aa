// SPDX-License-Identifier: GPL-2.0-or-later
// What the page shows: the embedded data, unpacked. Times are nanoseconds since tracing began.
"use strict";

const ht = {};

// In the order of a strip's characters. Those that are `busy` are drawn at full height.
ht.times = [
  { key: "running", text: "running", busy: true },
  { key: "waiting", text: "waiting for a CPU", short: "waiting", busy: true },
  { key: "disk", text: "uninterruptible sleep for a disk", short: "disk", busy: true },
  { key: "uninterruptible", text: "uninterruptible sleep, not for a disk", short: "other D", busy: true },
  { key: "sleeping", text: "sleeping" },
  { key: "stopped", text: "stopped" },
  { key: "other", text: "parked, or not yet woken" },
];
ht.time = Object.fromEntries(ht.times.map(({ key }, index) => [key, index]));

ht.duration = (ns) => {
  if (ns === null || ns === undefined) return "–";
  if (ns === 0) return "0";
  const sign = ns < 0 ? "−" : "";
  ns = Math.abs(ns);
  const units = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]];
  for (const [size, unit] of units) {
    if (ns < size) continue;
    const value = ns / size;
    return sign + value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0) + " " + unit;
  }
  return sign + Math.round(ns) + " ns";
};

ht.count = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");

// Characters that change how the text around them is read, made visible: control characters, line
// separators, and marks and overrides of the direction of writing.
ht.visible = (text) => text.replace(
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
  (c) => (c === "\n" ? "\\n" : c === "\t" ? "\\t"
    : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`));

// An element with attributes and children; texts become text, never markup.
ht.make = (tag, attributes, ...children) => {
  const svg = ht.svgTags.has(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined)
    .map((child) => (typeof child === "string" ? ht.visible(child) : child)));
  return element;
};
ht.svgTags = new Set(["path", "line", "rect", "text", "g"]);

// A strip is a character per time and piece, the share of each time in 63rds; "!n!" repeats the piece
// before it n times more.
const kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const kValues = new Map([...kDigits].map((digit, value) => [digit, value / 63]));

function unpackStrip(packed) {
  if (!packed) return null;
  const pieces = [];
  for (const [, digits, times] of packed[2].matchAll(/([\w-]{7})(?:!(\d+)!)?/g)) {
    const piece = [...digits].map((digit) => kValues.get(digit));
    for (let i = 0; i <= Number(times || 0); i++) pieces.push(piece);
  }
  return { start: packed[0], width: packed[1], pieces };
}

// A digit per piece: the marks in it, rounded down to a power of two.
function unpackMarks(packed) {
  const marks = [];
  for (const [, digit, times] of packed.matchAll(/([\w-])(?:!(\d+)!)?/g)) {
    const power = kDigits.indexOf(digit);
    for (let i = 0; i <= Number(times || 0); i++) marks.push(power === 0 ? 0 : 2 ** (power - 1));
  }
  return marks;
}

ht.commandOf = (process) => {
  const done = process.execs.filter((exec) => !exec.errno);
  const last = done[done.length - 1];
  if (!last) return process.comm;
  return last.command || ht.visible(last.file);
};

ht.exitText = (process) => process.outcome ?? "lives";
ht.failed = (process) => process.exit !== null && (process.signal !== null || process.code !== 0);

ht.load = () => {
  const data = JSON.parse(document.getElementById("data").textContent);
  // A recording of before the split: its uninterruptible sleep can be for a disk too.
  if (!data.iowait) {
    const either = ht.times[ht.time.uninterruptible];
    either.text = "uninterruptible sleep, for a disk or not";
    either.short = "D sleep";
  }
  data.processes.forEach((process, index) => {
    process.index = index;
    process.strip = unpackStrip(process.strip);
    process.marks = unpackMarks(process.marks);
    process.start = process.born ?? (process.strip ? process.strip.start : 0);
    process.end = process.exit ?? data.duration;
    process.command = ht.commandOf(process);
    process.text = `${process.comm} ${process.pid} ${process.command}`.toLowerCase();
    process.children = [];
    process.depth = 0;
  });
  data.hasFaults = data.processes.some((process) => process.faults > 0);
  data.roots = [];
  for (const process of data.processes) {
    const parent = data.processes[process.parent];
    (parent && parent !== process ? parent.children : data.roots).push(process);
  }
  return data;
};

// Parents before their children, by start.
ht.treeOrder = (data) => {
  const list = [];
  const left = [...data.roots].reverse();
  while (left.length) {
    const process = left.pop();
    list.push(process);
    for (let i = process.children.length - 1; i >= 0; i--) {
      process.children[i].depth = process.depth + 1;
      left.push(process.children[i]);
    }
  }
  return list;
};
