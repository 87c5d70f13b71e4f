// The keyboard beyond text fields: between channels, between messages, and on a message.

export function watchKeys({ onMessage, escape }) {
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const message = target.matches?.(".message") ? target : null;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (key === "Escape" && !document.querySelector("dialog[open]")) escape();
    else if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") toChannels();
    else if (step && event.altKey) neighbour(step)?.click();
    else if (step && target.closest(".places")) beside([...document.querySelectorAll(".places a")], target, step)?.focus();
    else if (step && message) beside([...message.parentElement.children], message, step)?.focus();
    else if (!(message && plain(event) && onMessage(key, message))) return;
    event.preventDefault();
  });
}

function plain(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey);
}

function beside(items, item, step) {
  return items[items.indexOf(item) + step];
}

function neighbour(step) {
  const rooms = [...document.querySelectorAll(".room")];
  const current = rooms.findIndex((room) => room.getAttribute("aria-current"));
  return rooms[(current + step + rooms.length) % rooms.length];
}

function toChannels() {
  document.body.dataset.pane = "places";
  document.querySelector(".room[aria-current]")?.focus();
}
