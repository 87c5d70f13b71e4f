"use strict";

const SECONDS = 3;
const USAGE_SECONDS = 60;
const byId = (id) => document.getElementById(id);

function element(name, text, classes) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

function short(value, unit = "") {
  if (value === null || value === undefined) return "–";
  const digits = value > 0 && value < 0.1 ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: value < 100 ? 2 : 0 };
  return `${value.toLocaleString("en", digits)}${unit}`;
}

function duration(seconds) {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const [size, unit] = parts.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/* Figures bear labels, as in `turns{state=done,mode=async}`. */
function figures(health, name) {
  return Object.entries(health.figures).filter(([key]) => key === name || key.startsWith(`${name}{`));
}

const sum = (pairs) => pairs.reduce((total, [, value]) => total + value, 0);
const latest = (pairs) => (pairs.length ? Math.max(...pairs.map(([, value]) => value)) : null);
const label = (key, name) => new RegExp(`[{,]${name}=([^,}]*)`).exec(key)?.[1] ?? "";

function showNow(health) {
  const timeouts = sum(figures(health, "turn_timeouts"));
  const recovered = sum(figures(health, "turn_timeouts_recovered"));
  const shown = [
    ["turns at work", health.turns.working],
    ["messages waiting", health.turns.waiting],
    ["model calls", health.model.in_flight],
    ["answers so far", short(sum(figures(health, "turns")))],
    ["first sign, median", short(latest(figures(health, "first_sign_seconds_p50")), " s")],
    ["first text, median", short(latest(figures(health, "first_text_seconds_p50")), " s")],
    ["whole answer, p95", short(latest(figures(health, "turn_seconds_p95")), " s")],
    ["answered after timeouts", timeouts ? `${recovered} of ${timeouts}` : "–"],
    ["memory", short(health.megabytes, " MB")],
    ["last event", health.seconds_since_envelope === null ? "–" : `${duration(health.seconds_since_envelope)} ago`],
  ];
  byId("now").replaceChildren(...shown.map(([name, value]) => {
    const figure = element("div", undefined, "figure");
    figure.append(element("b", String(value)), element("span", name));
    return figure;
  }));
}

function showState(health) {
  const state = byId("state");
  state.className = health.ready ? "good" : "bad";
  const reasons = health.ready ? "serving" : health.reasons.join("; ");
  state.textContent = `${reasons} · ${health.mode} mode · version ${health.version} · up ${duration(health.seconds_up)}`;
}

function fill(id, rows, nothing) {
  const body = byId(id).tBodies[0];
  const cells = rows.length ? rows : [[nothing]];
  body.replaceChildren(...cells.map((row) => {
    const line = element("tr");
    line.append(...row.map((cell) => element("td", String(cell))));
    return line;
  }));
}

function showTables(health) {
  fill("lanes", health.lanes.map(({ lane, seconds, waiting }) => [lane, Math.round(seconds), waiting]), "none");
  const errors = figures(health, "turn_errors").sort(([, one], [, other]) => other - one);
  fill("errors", errors.map(([key, count]) => [label(key, "kind"), count]), "none");
  fill("starts", health.starts.map(({ at, mode, version }) =>
    [`${new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`, mode, version]), "none");
}

const PLOTS = [
  ["answers a minute", [["answers", "one"]], ""],
  ["whole answers:", [["p50", "one"], ["p95", "two"], ["p99", "three"]], " s"],
  ["turns:", [["working", "one"], ["waiting", "two"]], ""],
  ["errors a minute", [["errors", "two"]], ""],
  ["tokens a minute", [["tokens", "three"]], ""],
  ["loop lag, p95", [["lag", "two"]], " s"],
  ["memory", [["megabytes", "one"]], " MB"],
];

/* Where a plot has several lines, each has its name in its colour. */
function named(title, lines) {
  const name = element("span", lines.length > 1 ? `${title} ` : title);
  if (lines.length > 1) name.append(...lines.map(([word, colour]) => element("b", ` ${word}`, colour)));
  return name;
}

function drawn(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

function canvas(width, label) {
  return drawn("svg", { viewBox: `0 0 ${width} 100`, preserveAspectRatio: "none", role: "img", "aria-label": label });
}

function plot([title, lines, unit], samples) {
  const figure = element("figure");
  const most = Math.max(...lines.flatMap(([name]) => samples.map((sample) => sample[name] ?? 0)), 0);
  const caption = element("figcaption");
  caption.append(named(title, lines));
  caption.append(element("span", most ? `up to ${short(most, unit)}` : "0"));
  const drawing = canvas(359, `${title}, up to ${short(most, unit)} in the last hour`);
  for (const [name, colour] of lines) {
    const points = samples.map((sample, place) =>
      [360 - samples.length + place, 98 - 94 * (sample[name] ?? 0) / (most || 1)].join(","));
    drawing.append(drawn("polyline", { points: points.join(" "), class: colour }));
  }
  figure.append(caption, drawing);
  return figure;
}

const money = (usd) => `$${usd.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: usd < 1 ? 4 : 2 })}`;
const amount = (value, unit) => (unit === "USD" ? money(value) : `${short(value)} tokens`);

function limited({ name, unit, amount: most, used }) {
  if (used === undefined) return `${name}: ${amount(most, unit)}`;
  return `${name}: ${Math.floor(100 * used / most)} % of ${amount(most, unit)}`;
}

/* A bar for each day of the month that has come, up to its last one. */
function showUsage({ month, days, tokens, usd, limits }) {
  const [year, number] = month.split("-").map(Number);
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const most = Math.max(...days.map((day) => day.tokens), 0);
  const sums = element("p", [`${short(tokens)} tokens`, ...(usd ? [money(usd)] : []), ...limits.map(limited)].join(" · "));
  if (!most) {
    byId("usage").replaceChildren(element("p", `nothing was used in ${month}`), ...(limits.length ? [sums] : []));
    return;
  }
  const caption = element("figcaption");
  caption.append(element("span", `tokens a day in ${month}`), element("span", `up to ${short(most)}`));
  const drawing = canvas(last * 10, `tokens a day in ${month}, up to ${short(most)}; ${short(tokens)} together`);
  for (const day of days) {
    const height = Math.max(1, 96 * day.tokens / most);
    const bar = drawn("rect", { x: (Number(day.day.slice(8)) - 1) * 10 + 1, width: 8, y: 100 - height, height });
    const title = drawn("title", {});
    title.textContent = `${day.day}: ${short(day.tokens)} tokens${day.usd ? `, ${money(day.usd)}` : ""}`;
    bar.append(title);
    drawing.append(bar);
  }
  const axis = element("div", undefined, "axis");
  axis.append(element("span", "1"), element("span", String(last)));
  const figure = element("figure");
  figure.append(caption, drawing, axis);
  byId("usage").replaceChildren(figure, sums);
}

async function ask(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(5000) });
  return answer.json();
}

async function refreshUsage() {
  try {
    showUsage(await ask("/health/usage"));
  } catch {
    byId("usage").replaceChildren(element("p", "what was used cannot be told"));
  }
  setTimeout(refreshUsage, USAGE_SECONDS * 1000);
}

async function refresh() {
  try {
    const [health, history] = await Promise.all([ask("/health"), ask("/health/history")]);
    showState(health);
    showNow(health);
    showTables(health);
    byId("plots").replaceChildren(...PLOTS.map((each) => plot(each, history.samples)));
  } catch {
    byId("state").className = "bad";
    byId("state").textContent = "not answering";
  }
  setTimeout(refresh, SECONDS * 1000);
}

refresh();
refreshUsage();
