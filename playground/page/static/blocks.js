// What people press and choose in blocks, in messages, modals and home tabs alike: told to the server, after a question
// where the app wants one.

import { typedIn, valueOf } from "./typed.js";

export function watchBlocks(send) {
  document.addEventListener("change", ({ target }) => {
    const field = target.closest("[data-tells]");
    if (field) tell(field, valueOf(field), send);
  });
}

export async function press(button, send) {
  if (button.dataset.confirm && !(await agreed(JSON.parse(button.dataset.confirm)))) return;
  tell(button, button.dataset.value, send);
}

function tell(element, value, send) {
  const { block, action } = element.dataset;
  const view = element.closest("[data-view]");
  const where = view ? { view: view.dataset.view, values: typedIn(view) } : { ts: element.closest(".message").dataset.ts };
  send({ do: "press", block, action, ...(value === undefined ? {} : { value }), ...where });
}

function agreed({ title, text, confirm, deny, danger }) {
  const dialog = document.getElementById("ask");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  const [no, yes] = dialog.querySelectorAll("button");
  no.textContent = deny || "Cancel";
  yes.textContent = confirm || "Yes";
  yes.className = danger ? "danger" : "primary";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((tell) => dialog.addEventListener("close", () => tell(dialog.returnValue === "yes"), { once: true }));
}
