// Keeps a list of messages at its end, unless the person scrolled up; then a button leads back.

const NEAR = 40;

export class Follower {
  #last = 0;
  #running = false;

  constructor(pane) {
    this.scroller = pane.querySelector(".scroller");
    this.button = pane.querySelector(".to-end");
    this.following = true;
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.following && this.jump()).observe(this.scroller);
  }

  get #left() {
    return this.scroller.scrollHeight - this.scroller.clientHeight - this.scroller.scrollTop;
  }

  // Only going up ends the following: growing content and the gliding below leave a distance, too.
  #scrolled() {
    const top = this.scroller.scrollTop;
    if (this.#left <= NEAR) this.following = true;
    else if (top < this.#last - 2) this.following = false;
    this.#last = top;
    if (this.following) this.button.hidden = true;
  }

  jump() {
    this.following = true;
    this.button.hidden = true;
    // What there is to try in an empty channel is read from its beginning.
    this.scroller.scrollTop = this.scroller.querySelector(".message") ? this.scroller.scrollHeight : 0;
    this.#last = this.scroller.scrollTop;
  }

  grown() {
    if (!this.following) {
      this.button.hidden = this.#left <= NEAR;
    } else if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.jump();
    } else if (!this.#running) {
      this.#running = true;
      requestAnimationFrame(() => this.#glide());
    }
  }

  #glide() {
    const left = this.#left;
    this.#running = this.following && left > 1;
    if (!this.#running) return;
    this.scroller.scrollTop += Math.max(1, left * 0.25);
    requestAnimationFrame(() => this.#glide());
  }
}
