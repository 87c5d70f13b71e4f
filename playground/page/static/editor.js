// Editing and deleting one's own messages, in place.

import { grow } from "./composer.js";

export function edit(message, save) {
  if (message.querySelector(".editor")) return;
  const form = document.createElement("form");
  form.className = "editor";
  form.dataset.keep = "true";
  form.innerHTML =
    '<textarea rows="1" aria-label="Edit the message"></textarea>' +
    '<div class="choices"><button type="button" class="cancel">Cancel</button><button class="primary">Save</button></div>';
  const field = form.querySelector("textarea");
  field.value = message.dataset.typed;
  const leave = () => {
    form.remove();
    message.focus();
  };
  const keep = () => {
    if (field.value.trim() && save(field.value)) leave();
  };
  form.querySelector(".cancel").addEventListener("click", leave);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
  });
  field.addEventListener("input", () => grow(field));
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") leave();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      keep();
    }
  });
  message.querySelector(".content").append(form);
  grow(field);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

export function confirmDeletion(id, agreed) {
  const dialog = document.getElementById(id);
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "delete" && agreed(), { once: true });
  dialog.showModal();
}
