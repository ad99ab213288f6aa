// SPDX-License-Identifier: GPL-2.0-or-later
// The timeline: a row for each process, drawn only when visible, with a path for each colour.
"use strict";

const kRow = 22;
const kBar = 16;

ht.Timeline = class {
  constructor(data, on) {
    this.data = data;
    this.on = on; // chosen(process), opened(process)
    this.rows = [];
    this.chosen = null;
    this.whole = Math.max(data.duration, 1000);
    this.from = 0;
    this.to = this.whole;
    this.at = null; // the mouse
    this.byId = (id) => document.getElementById(id);
    this.scroller = this.byId("scroller");
    this.lanes = this.byId("lanes");
    this.scroller.addEventListener("scroll", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.scroller);
    this.listen();
  }

  show(rows) {
    this.rows = rows;
    this.byId("spacer").style.height = `${rows.length * kRow}px`;
    this.draw();
  }

  get width() { return Math.max(this.lanes.clientWidth, 1); }
  x(ns) { return (ns - this.from) / (this.to - this.from) * this.width; }
  timeAt(x) { return this.from + x / this.width * (this.to - this.from); }

  zoom(factor, around = (this.from + this.to) / 2) {
    const span = Math.min(Math.max((this.to - this.from) * factor, 1000), this.whole * 1.05);
    const share = (around - this.from) / (this.to - this.from);
    this.look(around - share * span, span);
  }
  move(share) { this.look(this.from + share * (this.to - this.from), this.to - this.from); }
  look(from, span) {
    const slack = this.whole * 0.05;
    this.from = Math.min(Math.max(from, -slack), Math.max(this.whole + slack - span, -slack));
    this.to = this.from + span;
    this.draw();
  }
  all() { this.look(-this.whole * 0.01, this.whole * 1.02); }

  choose(process, scroll = true) {
    this.chosen = process;
    const index = this.rows.indexOf(process);
    if (scroll && index >= 0) {
      const top = index * kRow;
      const height = this.scroller.clientHeight;
      if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
      if (top + kRow > this.scroller.scrollTop + height) this.scroller.scrollTop = top + kRow - height;
    }
    this.draw();
    this.on.chosen(process);
  }
  step(by) {
    if (!this.rows.length) return;
    const index = this.rows.indexOf(this.chosen);
    const next = index < 0 ? 0 : Math.min(Math.max(index + by, 0), this.rows.length - 1);
    this.choose(this.rows[next]);
  }

  draw() {
    if (this.waits) return;
    this.waits = requestAnimationFrame(() => { this.waits = 0; this.drawNow(); });
  }

  drawNow() {
    const height = this.scroller.clientHeight;
    if (!height) return;
    this.lanes.style.height = `${height}px`;
    const first = Math.max(Math.floor(this.scroller.scrollTop / kRow), 0);
    const last = Math.min(first + Math.ceil(height / kRow) + 1, this.rows.length);
    const shift = first * kRow - this.scroller.scrollTop;
    this.first = first;
    this.shift = shift;
    const labels = [];
    const shapes = [];
    for (let i = first; i < last; i++) {
      const process = this.rows[i];
      labels.push(this.label(process, i));
      shapes.push(...this.lane(process, i, shift + (i - first) * kRow));
    }
    this.byId("labels").replaceChildren(...labels);
    this.byId("labels").style.height = `${height}px`;
    this.byId("labels").firstChild?.style.setProperty("margin-top", `${shift}px`);
    const cursor = this.at === null ? []
      : [ht.make("line", { class: "cursor", x1: this.at, x2: this.at, y1: 0, y2: height })];
    const ticks = this.ticks();
    this.byId("ticks").replaceChildren(...ticks.flatMap(({ x, text }) => [
      ht.make("line", { class: "tick", x1: x, x2: x, y1: 18, y2: 25 }),
      ht.make("text", { x: x + 3, y: 15 }, text)]));
    const grid = ticks.map(({ x }) =>
      ht.make("line", { class: "tick", x1: x, x2: x, y1: 0, y2: height }));
    const stripes = shapes.filter((shape) => shape.classList.contains("stripe"));
    const rest = shapes.filter((shape) => !shape.classList.contains("stripe"));
    this.lanes.replaceChildren(...stripes, ...grid, ...rest, ...cursor);
    const active = this.rows.indexOf(this.chosen);
    if (active >= 0) this.scroller.setAttribute("aria-activedescendant", `row-${active}`);
    else this.scroller.removeAttribute("aria-activedescendant");
  }

  ticks() {
    const span = this.to - this.from;
    const rough = span / Math.max(this.width / 110, 1);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
    const list = [];
    for (let ns = Math.ceil(this.from / step) * step; ns <= this.to; ns += step)
      list.push({ x: this.x(ns), text: ns === 0 ? "0" : ht.duration(ns) });
    return list;
  }

  label(process, index) {
    const element = ht.make("div", {
      class: `label${index % 2 ? "" : " even"}${process === this.chosen ? " chosen" : ""}`, role: "option",
      id: `row-${index}`, "aria-selected": String(process === this.chosen),
    }, ht.make("span", { class: "name" }, process.comm || "?"),
    ht.failed(process) ? ht.make("span", { class: "failed" }, ht.exitText(process)) : null,
    ht.make("span", { class: "pid" }, String(process.pid)));
    element.style.paddingLeft = `${12 + Math.min(this.deep ? process.depth : 0, 12) * 12}px`;
    element.title = process.command;
    element.addEventListener("click", () => this.open(process));
    return element;
  }
  open(process) {
    this.choose(process, false);
    this.on.opened(process);
  }

  lane(process, index, top) {
    const shapes = [];
    if (index % 2 === 0 || process === this.chosen)
      shapes.push(ht.make("rect", { class: process === this.chosen ? "stripe chosen" : "stripe",
        x: 0, y: top, width: this.width, height: kRow }));
    const y = top + (kRow - kBar) / 2;
    if (process.strip) shapes.push(...this.bars(process, y));
    const middle = top + kRow / 2;
    const parent = this.data.processes[process.parent];
    const above = parent ? this.rows.indexOf(parent) : -1;
    if (this.deep && process.born !== null && above >= 0 && above < index) {
      const x = this.x(process.born);
      const from = Math.max(top - (index - above) * kRow + kRow / 2, -5);
      shapes.push(ht.make("path", { class: "branch", d: `M${x} ${from}V${middle}` }));
    }
    for (const exec of process.execs) {
      if (exec.errno) continue;
      const x = this.x(exec.time);
      shapes.push(ht.make("path", { class: "exec", d: `M${x} ${y - 2}V${y + kBar + 2}` }));
    }
    if (process.exit !== null) {
      const x = this.x(process.exit);
      shapes.push(ht.make("path", { class: ht.failed(process) ? "exit failed" : "exit",
        d: `M${x} ${y - 1}V${y + kBar + 1}` }));
      const gone = process.reaped ?? (process.autoreaped ? process.exit : this.data.duration);
      if (this.x(gone) - x > 1)
        shapes.push(ht.make("rect", { class: "zombie", x, y: middle - 3,
          width: this.x(gone) - x, height: 6 }));
    }
    return shapes;
  }

  // The strip's pieces as stacked bars, those narrower than a pixel taken together. Sleep is drawn
  // thin, as nothing happens in it.
  bars(process, y) {
    const { start, width, pieces } = process.strip;
    const first = Math.max(Math.floor((this.from - start) / width), 0);
    const last = Math.min(Math.ceil((this.to - start) / width), pieces.length);
    const perBar = Math.max(Math.floor((this.to - this.from) / this.width / width), 1);
    const paths = ht.times.map(() => "");
    let faults = "";
    for (let i = first - first % perBar; i < last; i += perBar) {
      const sums = ht.times.map(() => 0);
      const until = Math.min(i + perBar, pieces.length);
      for (let j = i; j < until; j++) pieces[j].forEach((share, time) => { sums[time] += share; });
      const total = until - i;
      const left = Math.max(this.x(start + i * width), -2);
      const end = Math.min(start + until * width, process.end);
      const wide = Math.max(Math.min(this.x(end), this.width + 2) - left, 0.7);
      const marks = process.marks.slice(i, until).reduce((sum, count) => sum + count, 0);
      // The more faults, the higher the mark.
      if (marks > 0) {
        const tall = Math.min(1.5 + Math.log10(marks) * 1.2, 5);
        faults += `M${left.toFixed(2)} ${(y - 2).toFixed(1)}h${Math.max(wide, 1.5).toFixed(2)}v${tall.toFixed(1)}h${(-Math.max(wide, 1.5)).toFixed(2)}z`;
      }
      let base = y + kBar;
      let busy = 0;
      for (let time = 0; time < sums.length; time++) {
        if (!ht.times[time].busy || sums[time] === 0) continue;
        busy += sums[time] / total;
        const tall = Math.max(sums[time] / total * kBar, 1.5);
        base -= tall;
        paths[time] += `M${left.toFixed(2)} ${base.toFixed(1)}h${wide.toFixed(2)}v${tall.toFixed(1)}h${(-wide).toFixed(2)}z`;
      }
      for (let time = 0; time < sums.length; time++) {
        if (ht.times[time].busy || sums[time] / total < 0.02 || busy > 0.8) continue;
        const low = Math.min(y + kBar / 2 - 2, base - 4);
        paths[time] += `M${left.toFixed(2)} ${Math.max(low, y).toFixed(1)}h${wide.toFixed(2)}v4h${(-wide).toFixed(2)}z`;
      }
    }
    const shapes = paths.flatMap((d, time) => d ? [ht.make("path", { class: ht.times[time].key, d })] : []);
    if (faults) shapes.push(ht.make("path", { class: "fault", d: faults }));
    return shapes;
  }
};
