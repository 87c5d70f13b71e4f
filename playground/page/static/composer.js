// A text field that sends with Enter, grows with its text, and offers people behind an @.

export class Composer {
  constructor(form, { send, editLast }) {
    Object.assign(this, { form, send, editLast, people: [], shown: [], at: 0 });
    this.field = form.querySelector("textarea");
    this.list = form.querySelector(".offers");
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#pressed(event));
    this.field.addEventListener("blur", () => this.#offer([]));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) this.#take(Number(item.dataset.at));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  get text() {
    return this.field.value;
  }

  set text(value) {
    this.field.value = value;
    this.#fit();
    this.#offer([]);
  }

  focus() {
    this.field.focus();
    this.field.setSelectionRange(this.text.length, this.text.length);
  }

  #submit() {
    if (this.text.trim() && this.send(this.text)) this.text = "";
    this.field.focus();
  }

  #fit() {
    grow(this.field);
    this.form.classList.toggle("ready", this.text.trim() !== "");
  }

  #changed() {
    this.#fit();
    const word = this.#word();
    const fits = ({ name }) => name.toLowerCase().split(" ").some((part) => part.startsWith(word)) || name.toLowerCase().startsWith(word);
    this.#offer(word === null ? [] : this.people.filter(fits));
  }

  // What stands between an @ and the caret; null where there is none.
  #word() {
    const found = /(?:^|[\s(])@([\p{L}]*(?: \p{L}*)?)$/u.exec(this.text.slice(0, this.field.selectionStart));
    return found ? found[1].toLowerCase() : null;
  }

  #offer(people) {
    this.shown = people;
    this.at = 0;
    this.list.hidden = people.length === 0;
    this.list.replaceChildren(...people.map((person, at) => this.#item(person, at)));
    this.#mark();
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

  #take(at) {
    const caret = this.field.selectionStart;
    const start = this.text.lastIndexOf("@", caret - 1);
    this.field.setRangeText(`@${this.shown[at].name} `, start, caret, "end");
    this.#fit();
    this.#offer([]);
  }

  #pressed(event) {
    if (event.isComposing) return;
    if (this.shown.length && this.#choose(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && !event.altKey && this.text === "") {
      event.preventDefault();
      this.editLast();
    }
  }

  #choose(key) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      this.at = (this.at + step + this.shown.length) % this.shown.length;
      this.#mark();
    } else if (key === "Tab" || key === "Enter") {
      this.#take(this.at);
    } else if (key === "Escape") {
      this.#offer([]);
    }
    return Boolean(step) || ["Tab", "Enter", "Escape"].includes(key);
  }
}

export function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
