// A text field that sends with Enter, grows with its text, offers people behind an @ and commands behind a /, and takes
// files along.

import { Offers } from "./offers.js";
import { Tray } from "./tray.js";

export class Composer {
  constructor(form, { send, editLast, ...filing }) {
    Object.assign(this, { form, send, editLast, people: [], commands: null, sent: [], waiting: false });
    this.field = form.querySelector("textarea");
    this.tray = new Tray(form, { ...filing, changed: () => this.#filesChanged() });
    this.offers = new Offers(form.querySelector(".offers"), this.field, (chosen) => this.#take(chosen));
    this.note = form.querySelector(".composer-note");
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#pressed(event));
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
    this.offers.show([]);
  }

  get draft() {
    return { text: this.text, items: this.tray.items };
  }

  // Another draft is not sent by a wish that was about this one; the caret stays where nothing changes.
  set draft({ text, items }) {
    if (this.text !== text) this.text = text;
    if (this.tray.items === items) return;
    this.waiting = false;
    this.tray.items = items;
  }

  // What was sent has been refused.
  takeBack(text) {
    if (!this.text) this.text = text;
    if (!this.tray.items.length) this.tray.items = this.sent;
  }

  focus() {
    this.field.focus();
    this.field.setSelectionRange(this.text.length, this.text.length);
  }

  #submit() {
    this.waiting = this.tray.busy;
    if (!this.waiting && this.#hasContent() && this.send(this.text, this.tray.ids)) {
      this.sent = this.tray.items;
      this.tray.items = [];
      this.text = "";
    }
    this.field.focus();
  }

  #hasContent() {
    return this.text.trim() !== "" || this.tray.items.length > 0;
  }

  // Whoever pressed Enter before the last file was there need not press it again.
  #filesChanged() {
    this.#fit();
    if (this.waiting && !this.tray.busy) this.#submit();
  }

  #fit() {
    grow(this.field);
    this.form.classList.toggle("ready", this.#hasContent());
    // Where there are no commands, whoever begins one is told.
    this.note.hidden = this.commands !== null || !/^\/[\w-]*$/.test(this.text);
  }

  #changed() {
    this.#fit();
    if (this.commands && /^\/[\w-]*$/.test(this.text)) {
      this.offers.show(this.commands.filter(({ name }) => name.startsWith(this.text)), "Commands");
      return;
    }
    const word = this.#word();
    const fits = ({ name }) => name.toLowerCase().split(" ").some((part) => part.startsWith(word)) || name.toLowerCase().startsWith(word);
    this.offers.show(word === null ? [] : this.people.filter(fits), "People");
  }

  // What stands between an @ and the caret; null where there is none.
  #word() {
    const found = /(?:^|[\s(])@([\p{L}]*(?: \p{L}*)?)$/u.exec(this.text.slice(0, this.field.selectionStart));
    return found ? found[1].toLowerCase() : null;
  }

  #take({ name }) {
    const caret = this.field.selectionStart;
    const isCommand = name.startsWith("/");
    const start = isCommand ? 0 : this.text.lastIndexOf("@", caret - 1);
    this.field.setRangeText(isCommand ? `${name} ` : `@${name} `, start, caret, "end");
    this.#fit();
  }

  #pressed(event) {
    if (event.isComposing) return;
    // A command that is complete is sent, as a message is.
    const complete = event.key === "Enter" && this.offers.shown.some(({ name }) => name === this.text);
    if (!complete && this.offers.pressed(event.key)) {
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
}

export function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
