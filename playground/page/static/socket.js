// One WebSocket that comes back by itself.

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 3000;

export class Line {
  #socket = null;
  #pause = FIRST_PAUSE;

  constructor({ heard, opened, lost }) {
    Object.assign(this, { heard, opened, lost });
    this.#open();
  }

  // False while there is no connection: nothing is kept for later, the caller still has the text.
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #open() {
    this.#socket = new WebSocket(`ws://${location.host}/live`);
    this.#socket.addEventListener("open", () => {
      this.#pause = FIRST_PAUSE;
      this.opened();
    });
    this.#socket.addEventListener("message", (event) => this.heard(JSON.parse(event.data)));
    this.#socket.addEventListener("close", () => {
      this.lost();
      setTimeout(() => this.#open(), this.#pause);
      this.#pause = Math.min(this.#pause * 1.6, LONGEST_PAUSE);
    });
  }
}
