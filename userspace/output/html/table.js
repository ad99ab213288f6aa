// SPDX-License-Identifier: GPL-2.0-or-later
// The table of processes: sorted by a click on a heading.
"use strict";

const kShown = 300;

const total = (process, key) => (process.strip ? process.ns[ht.time[key]] : null);
const kColumns = [
  { text: "process", of: (p) => p.comm.toLowerCase(), show: (p) => p.comm || "?", kind: "text" },
  { text: "pid", of: (p) => p.pid, show: (p) => String(p.pid) },
  { text: "born", of: (p) => p.born ?? -1, show: (p) => (p.born === null ? "before" : ht.duration(p.born)) },
  { text: "lived", of: (p) => p.end - p.start, show: (p) => ht.duration(p.end - p.start) },
  { text: "on CPU", of: (p) => total(p, "running"), show: (p) => ht.duration(total(p, "running")) },
  { text: "waited", of: (p) => total(p, "waiting"), show: (p) => ht.duration(total(p, "waiting")) },
  { text: "longest wait", of: (p) => p.longest, show: (p) => (p.waits ? ht.duration(p.longest) : "–") },
  { text: "disk", of: (p) => total(p, "disk"), show: (p) => ht.duration(total(p, "disk")) },
  { text: "other D", of: (p) => total(p, "uninterruptible"), show: (p) => ht.duration(total(p, "uninterruptible")) },
  { text: "slept", of: (p) => total(p, "sleeping"), show: (p) => ht.duration(total(p, "sleeping")) },
  { text: "faults", of: (p) => p.faults, show: (p) => ht.count(p.faults) },
  { text: "threads", of: (p) => p.threads, show: (p) => String(p.threads) },
  { text: "end", of: (p) => ht.exitText(p), show: (p) => ht.exitText(p), kind: "text end" },
  { text: "command", of: (p) => p.command, show: (p) => p.command, kind: "text command" },
];

ht.Table = class {
  constructor(on) {
    this.on = on;
    this.rows = [];
    this.column = 4;
    this.falling = true;
    this.limit = kShown;
    this.element = document.getElementById("table");
    this.more = document.getElementById("more");
    this.more.addEventListener("click", () => { this.limit = Infinity; this.draw(); });
  }

  show(rows) {
    this.rows = rows;
    this.limit = kShown;
    this.draw();
  }

  choose(process) {
    this.chosen = process;
    for (const row of this.element.tBodies[0].rows)
      row.classList.toggle("chosen", row.dataset.index === String(process?.index));
  }

  draw() {
    const { of } = kColumns[this.column];
    const sign = this.falling ? -1 : 1;
    const sorted = [...this.rows].sort((a, b) => {
      const left = of(a);
      const right = of(b);
      if (left === null || right === null) return (left === null) - (right === null);
      return left < right ? -sign : left > right ? sign : a.index - b.index;
    });
    this.element.tHead.replaceChildren(ht.make("tr", {}, ...kColumns.map((column, i) => {
      const button = ht.make("button", { type: "button" },
        column.text + (i === this.column ? (this.falling ? " ↓" : " ↑") : ""));
      button.addEventListener("click", () => {
        this.falling = i === this.column ? !this.falling : !column.kind;
        this.column = i;
        this.draw();
        this.element.tHead.rows[0].cells[i].firstChild.focus();
      });
      const cell = ht.make("th", { scope: "col", class: column.kind || "" }, button);
      if (i === this.column)
        cell.setAttribute("aria-sort", this.falling ? "descending" : "ascending");
      return cell;
    })));
    const shown = sorted.slice(0, this.limit);
    this.element.tBodies[0].replaceChildren(...shown.map((process) => this.row(process)));
    this.more.hidden = shown.length === sorted.length;
    this.more.textContent = `show all ${ht.count(sorted.length)}`;
  }

  row(process) {
    const row = ht.make("tr", { tabindex: "0", "data-index": process.index },
      ...kColumns.map((column) => ht.make("td", { class: column.kind || "" }, column.show(process))));
    row.cells[kColumns.findIndex(({ kind }) => kind === "text end")].classList.toggle("failed", ht.failed(process));
    row.classList.toggle("chosen", process === this.chosen);
    row.addEventListener("click", () => this.on.opened(process));
    row.addEventListener("keydown", (event) => {
      const other = { ArrowDown: row.nextSibling, ArrowUp: row.previousSibling }[event.key];
      if (event.key === "Enter") this.on.opened(process);
      else if (other) other.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return row;
  }
};
