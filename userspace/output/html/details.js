// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of one process: the panel at the side, and the tip under the mouse.
"use strict";

// A phase that goes on has no end.
ht.phaseAt = (process, ns) =>
  process.phases.findLast(([, from, to]) => ns >= from && (to === null || ns <= to))?.[0] ?? null;

function shares(process) {
  const total = process.ns.reduce((sum, ns) => sum + ns, 0);
  return ht.times.map((time, i) => ({ ...time, ns: process.ns[i], share: total ? process.ns[i] / total : 0 }));
}

const percent = (share) => `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`;
const pair = (name, value) => [ht.make("dt", {}, name), ht.make("dd", {}, value)];

function timesBar(process) {
  const parts = shares(process).filter(({ ns }) => ns > 0);
  const bar = ht.make("div", { class: "bar", "aria-hidden": "true" });
  for (const { key, share } of parts) {
    const part = ht.make("span", { class: key });
    part.style.width = `${share * 100}%`;
    bar.append(part);
  }
  const list = ht.make("dl", {});
  for (const { key, text, ns, share } of parts)
    list.append(ht.make("dt", {}, ht.make("span", { class: `swatch ${key}` }), text),
      ht.make("dd", {}, `${ht.duration(ns)}  ·  ${percent(share)}`));
  return [bar, list];
}

ht.details = (data, process, on) => {
  const section = (title, ...children) => [ht.make("h3", {}, title), ...children];
  const link = (other) => {
    const button = ht.make("button", { type: "button", class: "link" }, `${other.comm} ${other.pid}`);
    button.addEventListener("click", () => on.opened(other));
    return button;
  };
  const close = ht.make("button", { type: "button", class: "close", "aria-label": "close" }, "✕");
  close.addEventListener("click", on.closed);
  const parent = data.processes[process.parent];
  const facts = ht.make("dl", {},
    ...pair("parent", parent ? link(parent) : process.ppid ? String(process.ppid) : "–"),
    ...pair("born", process.born === null ? "before tracing" : ht.duration(process.born)),
    ...pair("ended", process.exit === null ? "lives" : `${ht.duration(process.exit)}, ${ht.exitText(process)}`),
    ...pair("threads", String(process.threads)),
    ...(process.faults ? pair("page faults",
      `${ht.count(process.faults)}, major ${ht.count(process.major_faults)}`) : []),
    ...(process.cgroup ? pair("cgroup", process.cgroup) : []));
  const phases = ht.make("dl", {});
  for (const [text, from, to] of process.phases)
    if (to !== null && to >= from) phases.append(...pair(text, ht.duration(to - from)));
  if (process.autoreaped) phases.append(...pair("exit → reaped", "at once, its parent ignores it"));
  const behind = ht.make("dl", {});
  for (const [name, ns] of process.behind) behind.append(...pair(name, ht.duration(ns)));
  const causes = ht.make("dl", {});
  for (const [words, ns, count] of process.causes ?? [])
    causes.append(...pair(words, `${ht.duration(ns)}  ·  ${ht.count(count)}`));
  const execs = ht.make("ol", {});
  for (const exec of process.execs)
    execs.append(ht.make("li", {}, ht.make("span", { class: "faint" },
      `${ht.duration(exec.time)} ${exec.error ? `fails: ${exec.error}: ${exec.file}` : ""}`),
    ht.make("code", {}, exec.command || exec.file)));
  const children = ht.make("ol", {});
  for (const child of process.children.slice(0, 50)) children.append(ht.make("li", {}, link(child)));
  return [close, ht.make("h2", {}, process.comm || "?"),
    ht.make("div", { class: "faint" }, `process ${process.pid}`),
    ...section("life", facts),
    ...(phases.children.length ? section("phases", phases) : []),
    ...(process.strip ? section("where its time went", ...timesBar(process)) : []),
    ...(process.waits ? section(`waits for a CPU: ${ht.count(process.waits)}, the longest ${ht.duration(process.longest)}`,
      behind) : []),
    ...(causes.children.length ? section("sleeps, by cause", causes) : []),
    ...(process.execs.length ? section("programs", execs) : []),
    ...(process.children.length ? section(`children: ${ht.count(process.children.length)}`, children) : [])];
};

ht.tipFor = (process, ns) => {
  const parts = [ht.make("b", {}, process.comm || "?"), ` ${process.pid}`, ht.make("br"),
    ht.make("span", { class: "faint" }, `at ${ht.duration(ns)}`)];
  const phase = ht.phaseAt(process, ns);
  if (phase) parts.push(ht.make("span", { class: "faint" }, `, ${phase}`));
  if (process.strip) {
    const { start, width, pieces } = process.strip;
    const piece = pieces[Math.floor((ns - start) / width)];
    if (piece && ns <= process.end)
      piece.forEach((share, time) => {
        if (share > 0.005)
          parts.push(ht.make("br"), ht.make("span", { class: `swatch ${ht.times[time].key}` }),
            `${ht.times[time].text} ${percent(share)}`);
      });
    if (piece) parts.push(ht.make("br"), ht.make("span", { class: "faint" }, `in ${ht.duration(width)}`));
  }
  const asleep = (process.sleeps ?? []).filter(([from, to]) => ns >= from && ns <= to);
  for (const [from, to, words] of asleep.slice(0, 3))
    parts.push(ht.make("br"), `asleep ${ht.duration(to - from)}: ${words}`);
  return parts;
};
