// Makes an element equal to HTML from the server while leaving alone what is the same already: focus, selection and the
// scroll position of a code block survive the next piece of a streaming answer.

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function fill(element, html) {
  children(element, parse(html));
}

export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || keyOf(old) !== keyOf(fresh)) {
    old.replaceWith(fresh);
  } else if (old.nodeType === Node.TEXT_NODE) {
    old.nodeValue = fresh.nodeValue;
  } else {
    attributes(old, fresh);
    children(old, fresh);
  }
}

function keyOf(node) {
  return node.id ?? "";
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

// What has an id stays the same element wherever it goes; the rest is compared in its order. What the page itself has
// put there (data-keep) is none of the server's business.
function children(old, fresh) {
  const was = [...old.childNodes].filter((node) => !node.dataset?.keep);
  const now = [...fresh.childNodes];
  const staying = new Set(now.map(keyOf).filter(Boolean));
  const known = new Map(was.filter(keyOf).map((node) => [keyOf(node), node]));
  for (const node of was) if (keyOf(node) && !staying.has(keyOf(node))) node.remove();
  const rest = was.filter((node) => node.parentNode === old);
  for (const node of now) {
    const wanted = known.get(keyOf(node));
    if (wanted) {
      if (rest[0] !== wanted) old.insertBefore(wanted, rest[0] ?? null);
      rest.splice(rest.indexOf(wanted), 1);
      known.delete(keyOf(node));
      morph(wanted, node);
    } else if (!keyOf(node) && rest.length && !keyOf(rest[0])) {
      morph(rest.shift(), node);
    } else {
      old.insertBefore(node, rest[0] ?? null);
    }
  }
  for (const node of rest) node.remove();
}
