// The title of a conversation, changed in its place.

export function rename(head, save) {
  if (head.querySelector(".rename")) return;
  const form = document.createElement("form");
  form.className = "rename";
  form.dataset.keep = "true";
  form.innerHTML = '<input type="text" maxlength="200" aria-label="Title of the conversation" autocomplete="off">';
  const field = form.firstChild;
  field.value = head.querySelector(".session-title")?.dataset.title ?? "";
  // Removing it takes the focus from it, which would remove it once more.
  const leave = () => form.isConnected && !form.dataset.left && (form.dataset.left = "true") && form.remove();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() && save(field.value.trim())) leave();
  });
  field.addEventListener("blur", leave);
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") leave();
  });
  head.prepend(form);
  field.focus();
  field.select();
}
