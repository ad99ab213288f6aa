// SPDX-License-Identifier: GPL-2.0-or-later
// The mouse over the lanes: a tip, moving, zooming, choosing.
"use strict";

Object.assign(ht.Timeline.prototype, {
  listen() {
    const tip = document.getElementById("tip");
    let grip = null; // where a drag began
    const processAt = (event) => {
      const y = event.clientY - this.lanes.getBoundingClientRect().top - this.shift;
      return this.rows[this.first + Math.floor(y / kRow)];
    };
    const xOf = (event) => event.clientX - this.lanes.getBoundingClientRect().left;
    this.lanes.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      grip = { x: event.clientX, from: this.from, moved: false };
      this.lanes.setPointerCapture(event.pointerId);
    });
    this.lanes.addEventListener("pointermove", (event) => {
      if (grip && Math.abs(event.clientX - grip.x) > 3) grip.moved = true;
      if (grip && grip.moved) {
        this.lanes.classList.add("moving");
        const span = this.to - this.from;
        this.look(grip.from - (event.clientX - grip.x) / this.width * span, span);
      }
      this.at = xOf(event);
      this.draw();
      const process = processAt(event);
      tip.hidden = !process;
      if (!process) return;
      tip.replaceChildren(...ht.tipFor(process, this.timeAt(this.at)));
      const left = event.clientX + 16;
      const wide = tip.offsetWidth;
      tip.style.left = `${left + wide > innerWidth ? event.clientX - wide - 12 : left}px`;
      tip.style.top = `${Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 6)}px`;
    });
    const release = (event) => {
      const clicked = grip && !grip.moved;
      grip = null;
      this.lanes.classList.remove("moving");
      const process = processAt(event);
      if (clicked && process) this.open(process);
    };
    this.lanes.addEventListener("pointerup", release);
    this.lanes.addEventListener("pointercancel", () => { grip = null; });
    this.lanes.addEventListener("pointerleave", () => {
      tip.hidden = true;
      this.at = null;
      this.draw();
    });
    this.lanes.addEventListener("dblclick", (event) => this.zoom(0.4, this.timeAt(xOf(event))));
    this.scroller.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) {
        event.preventDefault();
        this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.timeAt(xOf(event)));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        this.move(Math.sign(event.deltaX || event.deltaY) * 0.08);
      }
    }, { passive: false });
  },
});
