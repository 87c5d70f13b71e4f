// A menu at a button: arrows move in it, Escape and a click elsewhere close it.

export function openMenu(button, entries, chosen) {
  const menu = document.createElement("div");
  menu.className = "menu";
  Object.assign(menu, { role: "menu", ariaLabel: button.getAttribute("aria-label") });
  menu.append(...entries.map(({ id, name }) => item(id, name)));
  document.body.append(menu);
  place(menu, button.getBoundingClientRect());

  const leaving = new AbortController();
  // As long as it says that it is expanded, a button of a toolbar is there to be focused.
  button.setAttribute("aria-expanded", "true");
  const leave = ({ back }) => {
    leaving.abort();
    if (back) button.focus();
    button.removeAttribute("aria-expanded");
    menu.remove();
  };
  menu.addEventListener("click", (event) => {
    const { id } = event.target.closest("[role=menuitem]").dataset;
    leave({ back: true });
    chosen(id);
  });
  menu.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) beside(menu, step).focus();
    else if (event.key === "Escape" || event.key === "Tab") leave({ back: true });
    else return;
    event.preventDefault();
  });
  const outside = ({ target }) => menu.contains(target) || leave({ back: false });
  document.addEventListener("pointerdown", outside, { signal: leaving.signal });
  menu.firstChild?.focus();
}

function item(id, name) {
  const entry = document.createElement("button");
  Object.assign(entry, { type: "button", role: "menuitem", textContent: name });
  entry.dataset.id = id;
  return entry;
}

function beside(menu, step) {
  const items = [...menu.children];
  return items[(items.indexOf(document.activeElement) + step + items.length) % items.length];
}

function place(menu, at) {
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, at.right - width)}px`;
  menu.style.top = `${Math.max(8, at.bottom + height + 12 < innerHeight ? at.bottom + 4 : at.top - height - 4)}px`;
}
