// What a person has typed and chosen in the fields of a form. A field is the same one as long as its element stays.

const touched = new WeakSet();

document.addEventListener("input", ({ target }) => {
  const field = target.closest?.("[data-block]");
  if (field) touched.add(field);
});

// By block id and action id: a text, or a list for checkboxes. Fields nobody touched are left out.
export function typedIn(view) {
  const values = {};
  for (const field of view.querySelectorAll("[data-block]")) {
    if (!touched.has(field)) continue;
    const { block, action } = field.dataset;
    values[block] = { ...values[block], [action]: valueOf(field) };
  }
  return values;
}

// A text, the value of an option, or a list of those.
export function valueOf(field) {
  if (!field.matches(".boxes")) return field.value;
  const checked = [...field.querySelectorAll(":checked")].map((box) => box.value);
  return field.getAttribute("role") === "radiogroup" ? (checked[0] ?? "") : checked;
}

// Other HTML must not take a choice back that was made.
export function keepingChoices(view, change) {
  const chosen = [...view.querySelectorAll("select")].filter((field) => touched.has(field)).map((field) => [field, field.value]);
  change();
  for (const [field, value] of chosen) {
    if (field.isConnected && [...field.options].some((option) => option.value === value)) field.value = value;
  }
}
