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
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
  } else if (old.nodeType === Node.TEXT_NODE) {
    old.nodeValue = fresh.nodeValue;
  } else {
    attributes(old, fresh);
    children(old, fresh);
  }
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

// What the page itself has put there (data-keep) is none of the server's business.
function children(old, fresh) {
  const was = [...old.childNodes].filter((node) => !node.dataset?.keep);
  const now = [...fresh.childNodes];
  now.forEach((node, at) => (at < was.length ? morph(was[at], node) : old.append(node)));
  was.slice(now.length).forEach((node) => node.remove());
}
