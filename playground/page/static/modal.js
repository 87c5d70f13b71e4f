// The window of an app on top of the page: the server draws it, what is typed in it stays the person's.

import { fill } from "./morph.js";
import { keepingChoices, typedIn } from "./typed.js";

export class Modal {
  constructor(dialog, send) {
    Object.assign(this, { dialog, send });
    dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    dialog.addEventListener("input", () => this.#count());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.leave();
    });
    // A browser may close it without asking: then the server is told, and shows what is below.
    dialog.addEventListener("close", () => this.form && this.leave());
  }

  get form() {
    return this.dialog.querySelector("form");
  }

  get view() {
    return this.form?.dataset.view ?? "";
  }

  show(html) {
    const before = this.view;
    const answered = this.#isBusy;
    keepingChoices(this.dialog, () => fill(this.dialog, html));
    if (!this.form) {
      this.dialog.close();
      return;
    }
    if (!this.dialog.open) this.dialog.showModal();
    this.#count();
    const wrong = answered && !this.#isBusy && this.dialog.querySelector("[aria-invalid]");
    if (wrong) focusIn(wrong);
    else if (this.view !== before || this.#isLost) focusIn(this.dialog.querySelector(".view-body"));
  }

  get #isBusy() {
    return this.form?.getAttribute("aria-busy") === "true";
  }

  // Whether nothing of the window has the focus, because what had it is gone.
  get #isLost() {
    const { activeElement } = document;
    const elsewhere = !this.form.contains(activeElement) || activeElement.matches(".view-body");
    return elsewhere && !document.querySelector("#ask[open]");
  }

  leave() {
    if (this.view) this.send({ do: "close-view", view: this.view });
  }

  // Busy at once; the server says when it is over.
  #submit() {
    if (this.#isBusy || !this.send({ do: "submit-view", view: this.view, values: typedIn(this.form) })) return;
    this.form.setAttribute("aria-busy", "true");
  }

  // How many characters still fit.
  #count() {
    for (const field of this.dialog.querySelectorAll("[data-longest]")) {
      const left = Number(field.dataset.longest) - field.value.length;
      let counter = field.parentElement.querySelector(".counter");
      if (!counter) {
        counter = Object.assign(document.createElement("span"), { className: "counter" });
        Object.assign(counter.dataset, { keep: "true" });
        counter.setAttribute("aria-hidden", "true");
        field.after(counter);
      }
      counter.textContent = left;
      counter.classList.toggle("over", left < 0);
    }
  }
}

function focusIn(part) {
  const field = "input, select, textarea, button, a[href]";
  (part.matches(field) ? part : (part.querySelector(field) ?? part)).focus();
}
