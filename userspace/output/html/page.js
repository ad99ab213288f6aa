// SPDX-License-Identifier: GPL-2.0-or-later
// Builds the page: summary, search, order, keys, light and dark.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const data = ht.load();
  const orders = {
    tree: () => ht.treeOrder(data),
    start: () => [...data.processes].sort((a, b) => a.start - b.start || a.index - b.index),
    run: () => most(0),
    wait: () => most(1),
    disk: () => most(data.iowait ? ht.time.disk : ht.time.uninterruptible),
  };
  const most = (time) => [...data.processes].sort((a, b) => b.ns[time] - a.ns[time] || a.index - b.index);

  const on = {
    chosen: (process) => table.choose(process),
    opened: (process) => {
      if (timeline.chosen !== process) timeline.choose(process);
      byId("details").hidden = false;
      byId("details").replaceChildren(...ht.details(data, process, on));
      byId("details").scrollTop = 0;
    },
    closed: () => {
      byId("details").hidden = true;
      byId(byId("timeline").hidden ? "table" : "scroller").focus();
    },
  };
  const table = new ht.Table(on);
  const timeline = new ht.Timeline(data, on);

  const filter = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const order = byId("order").value;
    const rows = orders[order]().filter((process) => words.every((word) => process.text.includes(word)));
    timeline.deep = order === "tree" && words.length === 0;
    byId("found").textContent = words.length ? `${ht.count(rows.length)} found` : "";
    timeline.show(rows);
    table.show(rows);
    if (words.length && rows.length && !rows.includes(timeline.chosen)) timeline.choose(rows[0]);
  };

  const fact = (name, value, bad, title) => ht.make("div",
    { ...(bad ? { class: "bad" } : {}), ...(title ? { title } : {}) },
    ht.make("dt", {}, name), ht.make("dd", {}, value));
  document.title = `hoodtrace: ${ht.visible(data.target)}`;
  byId("target").textContent = ht.visible(data.target);
  byId("target").title = ht.visible(data.command);
  // What was traced; the hooks are a tip away.
  byId("how").textContent = ht.visible(`traced: ${data.target}` +
    (data.kernel ? `, on Linux ${data.kernel}` : "") +
    (data.chosen ? `; processes shown: ${data.chosen}` : "") +
    `; events: ${data.account}` + (data.remade ? `; ${data.remade}` : ""));
  byId("how").title = `hooks: ${ht.visible(data.how)}`;
  const hidden = data.hidden ? ` of ${ht.count(data.processes.length + data.hidden)}` : "";
  byId("facts").replaceChildren(
    fact("began", new Date(data.wall_ms).toLocaleString()),
    fact("lasted", ht.duration(data.duration)),
    fact("processes", ht.count(data.processes.length) + hidden, data.hidden > 0),
    fact("events", ht.count(data.seen)),
    fact("lost", ht.count(data.lost), data.lost > 0, ht.visible(data.account)));
  const usual = [ht.time.running, ht.time.waiting, ht.time.sleeping];
  const met = (time) => usual.includes(time) || data.processes.some((process) => process.ns[time] > 0);
  byId("legend").replaceChildren(...ht.times.filter((_, i) => met(i)).map(({ key, text, short }) =>
    ht.make("li", { title: text }, ht.make("i", { class: key }), short || text)),
  ...[["fork", "fork"], ["exec", "exec"], ["end", "exit"], ["zombie", "zombie until reaped"]]
    .map(([key, text]) => ht.make("li", { title: text }, ht.make("i", { class: `mark ${key}` }), key)),
  ...(data.hasFaults ? [ht.make("li", {}, ht.make("i", { class: "fault" }), "page faults")] : []));

  const tabs = ["timeline", "processes"];
  const showTab = (name) => {
    for (const tab of tabs) {
      byId(tab).hidden = tab !== name;
      byId(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    }
    timeline.draw();
  };
  for (const tab of tabs) byId(`tab-${tab}`).addEventListener("click", () => showTab(tab));
  byId("search").addEventListener("input", filter);
  byId("order").addEventListener("change", filter);
  byId("zoom-in").addEventListener("click", () => timeline.zoom(0.6));
  byId("zoom-out").addEventListener("click", () => timeline.zoom(1 / 0.6));
  byId("zoom-all").addEventListener("click", () => timeline.all());
  const flipTheme = () => {
    const root = document.documentElement;
    const dark = (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    root.dataset.theme = dark ? "light" : "dark";
  };
  byId("theme").addEventListener("click", flipTheme);

  const page = () => Math.max(Math.floor(byId("scroller").clientHeight / 22) - 1, 1);
  const keys = {
    ArrowDown: () => timeline.step(1),
    ArrowUp: () => timeline.step(-1),
    PageDown: () => timeline.step(page()),
    PageUp: () => timeline.step(-page()),
    Home: () => timeline.step(-Infinity),
    End: () => timeline.step(Infinity),
    ArrowLeft: () => timeline.move(-0.1),
    ArrowRight: () => timeline.move(0.1),
    Enter: () => timeline.chosen && on.opened(timeline.chosen),
    "+": () => timeline.zoom(0.6),
    "=": () => timeline.zoom(0.6),
    "-": () => timeline.zoom(1 / 0.6),
    0: () => timeline.all(),
    "/": () => byId("search").focus(),
    d: flipTheme,
    Escape: () => on.closed(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, select");
    if (event.key === "Escape" && typing) {
      byId("search").value = "";
      filter();
      byId("scroller").focus();
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && event.target === byId("search")) byId("scroller").focus();
    else if (typing || (event.key === "Enter" && event.target.matches("button"))) return;
    if (!byId("timeline").hidden || ["/", "d", "Escape"].includes(event.key)) {
      const action = keys[event.key];
      if (!action) return;
      event.preventDefault();
      byId("tip").hidden = true;
      action();
    }
  });

  filter();
  timeline.all();
  document.body.dataset.ready = "yes";
})();
