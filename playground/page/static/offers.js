// The list above a composer: what fits the text so far, chosen with the arrows, Tab, Enter or a click.

export class Offers {
  constructor(list, field, take) {
    Object.assign(this, { list, field, take, shown: [], at: 0 });
    field.addEventListener("blur", () => this.show([]));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.#choose(Number(item.dataset.at));
    });
  }

  // Entries have a name and a note.
  show(entries, label = "") {
    this.shown = entries;
    this.at = 0;
    this.list.hidden = entries.length === 0;
    if (label) this.list.setAttribute("aria-label", label);
    this.list.replaceChildren(...entries.map((entry, at) => this.#item(entry, at)));
    this.#mark();
  }

  // Whether the key was meant for the list.
  pressed(key) {
    if (!this.shown.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      this.at = (this.at + step + this.shown.length) % this.shown.length;
      this.#mark();
    } else if (key === "Tab" || key === "Enter") {
      this.#choose(this.at);
    } else if (key === "Escape") {
      this.show([]);
    }
    return Boolean(step) || ["Tab", "Enter", "Escape"].includes(key);
  }

  #choose(at) {
    const chosen = this.shown[at];
    this.show([]);
    this.take(chosen);
  }

  #item({ name, note }, at) {
    const item = document.createElement("li");
    const small = document.createElement("small");
    small.textContent = note;
    item.append(name, small);
    Object.assign(item, { id: `${this.list.id}-${at}`, role: "option" });
    item.dataset.at = at;
    return item;
  }

  #mark() {
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.at)));
    const active = this.list.children[this.at];
    if (active) this.field.setAttribute("aria-activedescendant", active.id);
    else this.field.removeAttribute("aria-activedescendant");
  }
}
