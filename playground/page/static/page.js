// The page: what the server tells is shown, what the person does is sent. The address behind the # says where they are.

import { press, watchBlocks } from "./blocks.js";
import { watchFiles } from "./bringing.js";
import { Composer } from "./composer.js";
import { confirmDeletion, edit } from "./editor.js";
import { watchKeys } from "./keys.js";
import { openMenu } from "./menu.js";
import { Modal } from "./modal.js";
import { fill, morph, parse } from "./morph.js";
import { showAgain, showValues, togglePanel, watchPanel } from "./panel.js";
import { rename } from "./rename.js";
import { Follower } from "./scroll.js";
import { Line } from "./socket.js";

const byId = (id) => document.getElementById(id);
const { body } = document;
const thread = byId("thread");
const panes = { c: new Follower(byId("channel")), t: new Follower(thread) };
const drafts = new Map();
let place = { person: "", channel: "", thread: "" };
let run = "";
const modal = new Modal(byId("modal"), reliably);

const line = new Line({
  heard: (messages) => messages.forEach((message) => shows[message.op](message)),
  opened: () => tellLine(""),
  lost: () => tellLine("The playground does not answer. Trying again…"),
});

const composers = Object.fromEntries(
  ["channel", "thread"].map((where) => {
    const form = document.querySelector(`.composer[data-where=${where}]`);
    const send = (text, files) => reliably({ do: "post", where, text, files });
    const drop = (name) => line.send({ do: "drop-file", name });
    const person = () => place.person;
    return [where, new Composer(form, { send, editLast: () => editLast(where), person, drop, complain: notify })];
  }),
);

// -- what the server tells ----------------------------------------------------------------------------------------------

const shows = {
  hello(message) {
    if (run && run !== message.run) notify("The playground was restarted. What was written before is gone.");
    run = message.run;
    look();
  },
  place(message) {
    const moved = { channel: message.channel !== place.channel, thread: message.thread !== place.thread };
    keepDrafts();
    place = message;
    if (location.hash.slice(1) !== message.address) history.replaceState(null, "", `#${message.address}`);
    document.title = `${message.direct ? "" : "#"}${message.title} · Threadwell playground`;
    thread.hidden = !message.thread;
    body.toggleAttribute("data-thread", Boolean(message.thread));
    body.dataset.tab = message.tab;
    if (moved.channel || moved.thread || body.dataset.pane === "places") body.dataset.pane = message.thread ? "thread" : "channel";
    for (const composer of Object.values(composers)) composer.people = message.people;
    composers.channel.commands = message.commands;
    composers.channel.field.placeholder = message.direct ? `Write to ${message.title}` : `Message #${message.title}`;
    showDrafts();
    if (moved.thread || moved.channel) settleFocus(moved);
  },
  all({ id, html }) {
    byId(id).innerHTML = html;
    panes[id].jump();
  },
  put({ pane, id, html }) {
    const fresh = parse(html).firstElementChild;
    const old = byId(id);
    if (old) morph(old, fresh);
    else byId(pane).append(fresh);
    panes[pane].grown();
  },
  drop: ({ id }) => byId(id)?.remove(),
  fill: ({ id, html }) => fill(byId(id), html),
  view: ({ html }) => modal.show(html),
  values: showValues,
  notice({ text }) {
    notify(text);
    showAgain();
  },
  refused({ where, text, reason }) {
    composers[where].takeBack(text);
    notify(`Not sent: ${reason}.`);
  },
  posted({ where, address, asks }) {
    panes[where === "thread" ? "t" : "c"].jump();
    const roomy = matchMedia("(min-width: 821px)").matches;
    if (where === "channel" && asks && roomy && !place.thread) quietly(address);
  },
};

function tellLine(text) {
  byId("banner").textContent = text;
  body.toggleAttribute("data-lost", text !== "");
}

function notify(text) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.classList.add("shown");
  clearTimeout(notify.timer);
  notify.timer = setTimeout(() => notice.classList.remove("shown"), 6000);
}

// -- where the person is ------------------------------------------------------------------------------------------------

function look() {
  const [, person = "", channel = "", threadTs = ""] = location.hash.slice(1).split("/");
  line.send({ do: "look", person, channel, thread: threadTs });
}

let quiet = false;

// The thread of a question just asked opens beside it; the caret stays where the person writes.
function quietly(address) {
  quiet = true;
  location.hash = address;
}

function settleFocus(moved) {
  const stay = quiet || matchMedia("(pointer: coarse)").matches;
  quiet = false;
  if (!stay) composers[moved.thread && place.thread ? "thread" : "channel"].focus();
}

function draftKeys() {
  return { channel: place.channel, thread: `${place.channel}/${place.thread}` };
}

function keepDrafts() {
  const keys = draftKeys();
  for (const [where, composer] of Object.entries(composers)) drafts.set(keys[where], composer.draft);
}

function showDrafts() {
  const keys = draftKeys();
  for (const [where, composer] of Object.entries(composers)) composer.draft = drafts.get(keys[where]) ?? { text: "", items: [] };
}

function reliably(message) {
  const sent = line.send(message);
  if (!sent) notify("Not sent: the playground does not answer.");
  return sent;
}

// -- what the person does -----------------------------------------------------------------------------------------------

const does = {
  react: (button) => reliably({ do: "react", ts: tsOf(button), name: button.dataset.name }),
  reply: (button) => (location.hash = `/${place.person}/${place.channel}/${tsOf(button)}`),
  edit: (button) => editMessage(button.closest(".message")),
  delete: (button) => deleteMessage(button.closest(".message")),
  more: (button) => openMenu(button, place.shortcuts, (name) => reliably({ do: "shortcut", ts: tsOf(button), name })),
  block: (button) => press(button, reliably),
  "close-view": () => modal.leave(),
  stop: () => reliably({ do: "stop" }),
  rename: () => rename(byId("thread-head"), (title) => reliably({ do: "rename", title })),
  prompt: (button) => reliably({ do: "post", where: "channel", text: button.dataset.text, files: [] }),
  "delete-file": (button) => confirmDeletion("confirm-file", () => reliably({ do: "delete-file", name: button.dataset.name })),
  async copy(button) {
    await navigator.clipboard.writeText(button.closest(".code").querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  },
  try(button) {
    composers.channel.text = button.dataset.text;
    composers.channel.focus();
  },
  panel: () => togglePanel(),
  theme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  },
  help: () => byId("help").showModal(),
  places: () => (body.dataset.pane = "places"),
  leave: () => (location.hash = `/${place.person}/${place.channel}`),
  end: (button) => panes[button.closest(".thread") ? "t" : "c"].jump(),
  act: (button) => reliably({ do: "act", name: button.dataset.name }),
  unrule: (button) => reliably({ do: "unrule", name: button.dataset.name }),
  reset: () => reliably({ do: "reset" }),
};

function tsOf(element) {
  return element.closest(".message").dataset.ts;
}

function editMessage(message) {
  edit(message, (text) => reliably({ do: "edit", ts: message.dataset.ts, text }));
}

function deleteMessage(message) {
  confirmDeletion("confirm", () => reliably({ do: "delete", ts: message.dataset.ts }));
}

function editLast(where) {
  const own = [...byId(where === "thread" ? "t" : "c").querySelectorAll(".message.own")].at(-1);
  if (own) editMessage(own);
}

function onMessage(key, message) {
  const own = message.classList.contains("own");
  if (key.toLowerCase() === "e" && own) editMessage(message);
  else if (["Delete", "Backspace"].includes(key) && own) deleteMessage(message);
  else if (["t", "ArrowRight"].includes(key) && message.id.startsWith("c-")) does.reply(message);
  else return false;
  return true;
}

function escape() {
  if (!byId("panel").hidden) togglePanel(false);
  else if (place.thread) does.leave();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) does[button.dataset.do](button);
  // On a phone the list of channels gives way, even when the chosen one is open already.
  else if (event.target.closest(".room")) body.dataset.pane = "channel";
});
byId("thread-head").addEventListener("dblclick", ({ target }) => target.closest("[data-title]") && does.rename());
window.addEventListener("hashchange", look);
// A picture takes its room only when it is there.
document.addEventListener("load", ({ target }) => target.closest?.(".picture") && panes[target.closest("#thread") ? "t" : "c"].grown(), true);
watchFiles((pane) => composers[(pane ?? thread).id === "thread" && place.thread ? "thread" : "channel"].tray);
watchPanel(reliably);
watchBlocks(reliably);
watchKeys({ onMessage, escape });
