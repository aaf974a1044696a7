// One person's place at the chat: who that is, his or her conversations, and the open one.

import { BOT, ROLES, avatar, make, roomSign, when } from "./dom.js";
import { conversationOf, directOf } from "./store.js";
import { Talk } from "./talk.js";

const MARKS = "weiwang-chat-read";

export class Seat extends EventTarget {
  me = null;
  key = null;
  #latest = new Map();
  #unread = new Map();
  #called = new Set();

  constructor(store, picker) {
    super();
    this.store = store;
    this.talk = new Talk(store, { onBack: () => this.#back(), onRead: (id) => this.#read(this.key, id) });
    this.who = make("button", { type: "button", className: "me", "aria-haspopup": "dialog" });
    this.who.addEventListener("click", () => picker.ask((person) => this.play(person.id)));
    this.list = make("ul", { className: "conversations" });
    this.aside = make("nav", { className: "list", "aria-label": "聊天列表" }, this.who, this.list);
    this.element = make("section", { className: "seat", data: { view: "list" } }, this.aside, this.talk.element);
    this.listeners = new AbortController();
    const options = { signal: this.listeners.signal };
    store.addEventListener("message", (event) => this.#heard(event.detail), options);
    store.addEventListener("online", () => store.online && this.#catchUp(), options);
    store.addEventListener("people", () => this.#peopleChanged(), options);
  }

  leave() {
    this.listeners.abort();
    this.element.remove();
  }

  async play(contact, key = null) {
    this.me = this.store.contacts.get(contact);
    this.#latest.clear();
    this.#unread.clear();
    this.#called.clear();
    const keys = this.#keys();
    const first = keys.includes(key) ? key : keys[0];
    this.element.dataset.view = key ? "talk" : "list";
    this.#drawMe();
    await this.open(first, { show: Boolean(key) });
    await this.#count();
  }

  async open(key, { show = true } = {}) {
    this.key = key;
    if (show) this.element.dataset.view = "talk";
    this.#unread.delete(key);
    this.#called.delete(key);
    this.#draw();
    await this.talk.open(key, this.me);
    this.#draw();
    this.dispatchEvent(new Event("moved"));
  }

  #keys() {
    return [...this.store.roomsOf(this.me.id).map((room) => room.id), directOf(this.me.id)];
  }

  #back() {
    this.element.dataset.view = "list";
    this.list.querySelector("[aria-current]")?.focus();
  }

  #seen(key) {
    return key === this.key && this.talk.visible;
  }

  async #catchUp() {
    await this.#count();
    await this.talk.refresh();
  }

  async #count() {
    const me = this.me;
    if (!me) return;
    let unread;
    try {
      const latest = await this.store.latest(me.id);
      unread = await Promise.all(latest.map((message) => this.#countOf(conversationOf(message), message)));
    } catch {
      return; // counted again when the connection is back
    }
    if (this.me !== me) return;
    for (const [key, message, missed] of unread) {
      if (Number(this.#latest.get(key)?.id ?? 0) < Number(message.id)) this.#latest.set(key, message);
      if (this.#seen(key) || !missed.length) continue;
      this.#unread.set(key, missed.length);
      if (missed.some((one) => one.mentions.includes(me.id))) this.#called.add(key);
    }
    this.#draw();
  }

  async #countOf(key, message) {
    const mark = this.#mark(key);
    const missed = Number(message.id) > mark ? await this.store.unread(key, mark) : [];
    return [key, message, missed.filter((one) => one.talker !== this.me.id)];
  }

  #heard(message) {
    const key = conversationOf(message);
    if (!this.me || !this.#keys().includes(key)) return;
    this.#latest.set(key, message);
    if (key === this.key) this.talk.add(message);
    if (!this.#seen(key) && message.talker !== this.me.id) {
      this.#unread.set(key, (this.#unread.get(key) ?? 0) + 1);
      if (message.mentions.includes(this.me.id)) this.#called.add(key);
    }
    this.#draw();
  }

  #peopleChanged() {
    if (!this.me) return;
    this.me = this.store.contacts.get(this.me.id) ?? this.me;
    this.#drawMe();
    this.#draw();
  }

  #mark(key) {
    return marks()[`${this.me.id} ${key}`] ?? 0;
  }

  #read(key, id) {
    if (Number(id) <= this.#mark(key)) return;
    try {
      localStorage.setItem(MARKS, JSON.stringify({ ...marks(), [`${this.me.id} ${key}`]: Number(id) }));
    } catch {
      // a browser that keeps nothing counts from the start
    }
  }

  #drawMe() {
    const about = make("small", { textContent: `${ROLES[this.me.role] ?? this.me.role} · 点这里换人` });
    this.who.replaceChildren(avatar(this.me), make("span", { className: "two" }, make("b", { textContent: this.me.name }), about));
    this.who.setAttribute("aria-label", `我是${this.me.name}，${ROLES[this.me.role] ?? ""}。换一个人扮演`);
  }

  #draw() {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const keys = this.#keys();
    const at = (key) => Number(this.#latest.get(key)?.id ?? 0);
    keys.sort((a, b) => at(b) - at(a));
    this.list.replaceChildren(...keys.map((key) => make("li", {}, this.#entry(key))));
    if (focused) this.list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  #entry(key) {
    const room = this.store.rooms.get(key);
    const message = this.#latest.get(key);
    const count = this.#unread.get(key) ?? 0;
    const button = make(
      "button",
      { type: "button", className: "entry", data: { key } },
      room ? roomSign(room.topic) : avatar({ id: BOT, name: "助手" }),
      make(
        "span",
        { className: "two" },
        make("b", { textContent: room?.topic ?? "助手" }),
        make(
          "small",
          {},
          this.#called.has(key) ? make("em", { textContent: "[有人@我] " }) : null,
          message ? this.#preview(message, room) : room ? "还没有消息" : "和助手单独聊",
        ),
      ),
      make(
        "span",
        { className: "side" },
        make("time", { textContent: message ? when(new Date(message.at)) : "" }),
        count ? make("span", { className: "count", textContent: count > 99 ? "99+" : count, "aria-label": `${count}条未读` }) : null,
      ),
    );
    if (key === this.key) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => this.open(key));
    return button;
  }

  #preview(message, room) {
    const words = message.text.slice(0, 60).replace(/\s+/g, " ");
    if (message.talker === this.me.id || !room) return words;
    return `${message.name}：${words}`;
  }
}

function marks() {
  try {
    return JSON.parse(localStorage.getItem(MARKS) ?? "{}");
  } catch {
    return {};
  }
}
