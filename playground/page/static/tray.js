// Files on their way into a message: chosen, pasted or dropped, uploaded at once, shown above the text until it is sent.

export class Tray {
  #items = [];

  constructor(form, { person, complain, changed, drop }) {
    Object.assign(this, { person, complain, changed, drop });
    this.list = form.querySelector(".tray");
    const input = form.querySelector("input[type=file]");
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = "";
    });
  }

  get items() {
    return this.#items;
  }

  set items(items) {
    this.#items = items;
    this.list.replaceChildren(...items.map((item) => item.element));
    this.changed();
  }

  get busy() {
    return this.#items.some((item) => !item.id);
  }

  get ids() {
    return this.#items.map((item) => item.id);
  }

  add(files) {
    const fresh = files.map((file) => this.#item(file));
    this.items = [...this.#items, ...fresh];
    for (const item of fresh) this.#upload(item);
  }

  #item(file) {
    const item = { file, id: "", element: document.createElement("li"), leaving: new AbortController() };
    item.element.className = "loading";
    item.element.append(sign(), about(file), this.#remover(item));
    return item;
  }

  #remover(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "file-tool";
    button.setAttribute("aria-label", `Remove ${item.file.name}`);
    button.append(icon("close"));
    button.addEventListener("click", () => {
      item.leaving.abort();
      if (item.id) this.drop(item.id);
      this.#leave(item);
    });
    return button;
  }

  #leave(item) {
    item.gone = true;
    if (this.#items.includes(item)) this.items = this.#items.filter((other) => other !== item);
  }

  async #upload(item) {
    try {
      const [{ id, address }] = await sendUp(item, this.person());
      item.id = id;
      item.element.classList.remove("loading");
      if (/^image\/(png|jpeg|gif|webp)$/.test(item.file.type)) item.element.firstChild.replaceWith(picture(address));
      this.changed();
    } catch (error) {
      if (item.gone) return;
      this.#leave(item);
      this.complain(`${item.file.name} was not uploaded: ${error.message}.`);
    }
  }
}

async function sendUp({ file, leaving }, person) {
  const form = new FormData();
  form.append("file", file, file.name);
  let answer;
  try {
    answer = await fetch(`/upload?person=${encodeURIComponent(person)}`, { method: "POST", body: form, signal: leaving.signal });
  } catch {
    throw new Error("the playground does not answer, or the file cannot be read");
  }
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  const { files, error } = isJson ? await answer.json() : { error: answer.status === 413 ? "it is too large" : `status ${answer.status}` };
  if (error) throw new Error(error);
  return files;
}

function about(file) {
  const text = document.createElement("span");
  text.className = "file-about";
  const name = document.createElement("b");
  name.textContent = file.name;
  const size = document.createElement("small");
  size.textContent = sizeOf(file.size);
  text.append(name, size);
  return text;
}

function sign() {
  const box = document.createElement("span");
  box.className = "file-icon";
  box.append(icon("document"));
  return box;
}

function picture(address) {
  const image = document.createElement("img");
  image.src = address;
  image.alt = "";
  return image;
}

function icon(name) {
  const template = document.createElement("template");
  template.innerHTML = `<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#${name}"></use></svg>`;
  return template.content.firstChild;
}

function sizeOf(count) {
  if (count < 1000) return `${count} B`;
  const [number, unit] = count < 999500 ? [count / 1000, "kB"] : [count / 1e6, "MB"];
  return `${number < 9.95 ? number.toFixed(1) : Math.round(number)} ${unit}`;
}
