// The panel of faults: its fields send what is chosen, and show what holds.

const panel = document.getElementById("panel");
let told = {};

export function watchPanel(send) {
  panel.addEventListener("change", ({ target }) => {
    if (target.dataset.knob) send({ do: "knob", name: target.dataset.knob, value: valueOf(target) });
    else if (target.name === "kind") target.form.dataset.kind = target.value;
  });
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ do: "rule", ...ruleOf(new FormData(event.target)) });
  });
}

export function togglePanel(open = panel.hidden) {
  panel.hidden = !open;
  document.body.toggleAttribute("data-panel", open);
  for (const button of document.querySelectorAll("[aria-controls=panel]")) button.setAttribute("aria-expanded", String(open));
  if (open) panel.querySelector("#knobs").focus({ preventScroll: true });
}

// Only what is new is written: news that is on its way must not undo what the person has just chosen.
export function showValues({ values, touched }) {
  for (const field of panel.querySelectorAll("[data-knob]")) {
    const name = field.dataset.knob;
    if (!(name in told) || told[name] !== values[name]) write(field, values[name]);
  }
  told = values;
  for (const mark of document.querySelectorAll(".touched")) mark.hidden = !touched;
}

// What was chosen has been refused.
export function showAgain() {
  for (const field of panel.querySelectorAll("[data-knob]")) write(field, told[field.dataset.knob]);
}

function write(field, value) {
  if (field.type === "checkbox") field.checked = value;
  else field.value = value ?? "";
}

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  return field.value === "" ? null : Number(field.value);
}

function ruleOf(form) {
  const number = (name) => Number(form.get(name));
  return {
    kind: form.get("kind"),
    method: form.get("method"),
    times: form.get("times") === "" ? null : number("times"),
    every: number("every"),
    retry_after: number("retry_after"),
    status: number("status"),
    seconds: number("seconds"),
    code: form.get("code"),
  };
}
