// One open conversation: its messages, what is being quoted, and the line to write in.

import { BOT, ROLES, attached, avatar, make, marked, when } from "./dom.js";
import { Menu } from "./menu.js";

const GAP = 5 * 60_000;
const NEAR = 120;
const TRY = "3幢2单元楼道灯坏了，晚上黑漆漆的";

export class Talk {
  #key = null;
  #me = null;
  #quote = null;
  #last = null;
  #again = false;
  #atEnd = true;
  #top = 0;
  #drafts = new Map();

  constructor(store, { onBack, onRead }) {
    this.store = store;
    this.onRead = onRead;
    this.back = make("button", { type: "button", className: "back", textContent: "‹ 返回", "aria-label": "返回聊天列表" });
    this.back.addEventListener("click", onBack);
    this.title = make("h2", {});
    this.log = make("ol", { className: "messages", role: "log", "aria-live": "polite", "aria-label": "消息", tabIndex: 0 });
    // Only who scrolls up leaves the end: a picture that has grown meanwhile takes nobody away from it.
    this.log.addEventListener("scroll", () => {
      const near = this.#near();
      if (near || this.log.scrollTop < this.#top) this.#atEnd = near;
      this.#top = this.log.scrollTop;
      if (this.#atEnd) this.below.hidden = true;
    });
    // A picture grows when it has come: who was at the end stays there.
    this.log.addEventListener("load", () => this.#atEnd && this.#toEnd(), true);
    this.below = make("button", { type: "button", className: "below", textContent: "↓ 有新消息", hidden: true });
    this.below.addEventListener("click", () => this.#toEnd());
    this.quoting = make("div", { className: "quoting", hidden: true });
    this.problem = make("p", { className: "problem", role: "alert", hidden: true });
    this.input = make("textarea", { rows: 1, maxLength: 10000, "aria-label": "写消息", placeholder: "写消息，按回车发送" });
    this.input.addEventListener("keydown", (event) => this.#typed(event));
    this.input.addEventListener("input", () => this.#grow());
    this.send = make("button", { type: "submit", className: "send", textContent: "发送" });
    this.file = make("input", { type: "file", hidden: true, accept: "image/*,audio/*,video/*,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt,.csv" });
    this.file.addEventListener("change", () => this.#sendFile());
    this.attach = make("button", { type: "button", className: "attach", textContent: "＋", "aria-label": "发图片、语音或文件" });
    this.attach.addEventListener("click", () => this.file.click());
    this.form = make("form", { className: "say" }, this.attach, this.file, this.input, this.send);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.as = make("span", { className: "as" });
    const header = make("header", { className: "title" }, this.back, this.title, this.as);
    const middle = make("div", { className: "middle" }, this.log, this.below);
    this.element = make("div", { className: "talk" }, header, middle, this.quoting, this.problem, this.form);
  }

  get visible() {
    return this.element.offsetParent !== null && document.visibilityState === "visible";
  }

  async open(key, me) {
    this.#drafts.set(`${this.#me?.id} ${this.#key}`, this.input.value);
    [this.#key, this.#me] = [key, me];
    this.input.value = this.#drafts.get(`${me.id} ${key}`) ?? "";
    this.#grow();
    this.#quoteNothing();
    this.problem.hidden = true;
    this.as.replaceChildren(`我是${me.name}`, make("small", { textContent: ROLES[me.role] ?? me.role }));
    await this.#show();
    if (matchMedia("(hover: hover)").matches && this.visible) this.input.focus();
  }

  // After a lost connection: show what was missed, without moving who reads older words.
  async refresh() {
    if (this.#key === null) return;
    const [near, top] = [this.#near(), this.log.scrollTop];
    const shown = [...this.log.querySelectorAll(".message")].map((item) => item.dataset.id).join();
    const known = this.store.conversations.get(this.#key);
    if (known?.read && known.messages.map((message) => message.id).join() === shown) return;
    await this.#show();
    if (!near) this.log.scrollTop = top;
  }

  async #show({ all = false } = {}) {
    const [key, me] = [this.#key, this.#me];
    try {
      const conversation = await this.store.open(key, { all });
      if (key === this.#key && me === this.#me) this.#draw(conversation);
    } catch {
      this.#tell("现在读不到消息，连上以后会自动出现。");
    }
  }

  #tell(words) {
    this.problem.textContent = words;
    this.problem.hidden = false;
  }

  add(message) {
    const stay = !this.#near() && message.talker !== this.#me.id;
    if (this.log.querySelector(".empty")) this.log.replaceChildren();
    const known = this.log.querySelector(`[data-id="${message.id}"]`);
    if (known) {
      if (!message.media && !known.textContent.includes(message.text)) this.#show(); // it was taken back
      return;
    }
    this.#append(message);
    this.below.hidden = !stay;
    if (!stay) this.#toEnd();
    if (this.visible) this.onRead(message.id);
  }

  #draw({ messages, complete }) {
    const room = this.store.rooms.get(this.#key);
    this.title.replaceChildren(room?.topic ?? "助手", make("small", { textContent: room ? `${room.members.length}人` : "单独聊" }));
    this.log.replaceChildren();
    this.#last = null;
    this.below.hidden = this.problem.hidden = true;
    if (!complete) this.log.append(this.#earlier());
    for (const message of messages) this.#append(message);
    if (!messages.length) this.log.append(this.#empty(room));
    this.#toEnd();
    if (messages.length && this.visible) this.onRead(messages.at(-1).id);
  }

  #earlier() {
    const button = make("button", { type: "button", className: "plain", textContent: "看更早的消息" });
    button.addEventListener("click", () => this.#show({ all: true }));
    return make("li", { className: "earlier" }, button);
  }

  #empty(room) {
    const hint = make("li", { className: "empty" });
    if (room && this.#me.role === "resident") {
      const button = make("button", { type: "button", className: "plain", textContent: TRY });
      button.addEventListener("click", () => {
        this.input.value = TRY;
        this.#grow();
        this.input.focus();
      });
      hint.append(make("p", { textContent: "群里还没有人说话。家门口有什么事，像在微信里一样说一句，比如：" }), button);
    } else {
      const told = this.#me.role === "resident" ? "" : "有新工单时，助手会在这里告诉您。";
      const words = room ? "群里还没有人说话。" : `这里是您和助手的单独聊天。${told}发“帮助”，看看能做什么。`;
      hint.append(make("p", { textContent: words }));
    }
    return hint;
  }

  #append(message) {
    const at = new Date(message.at);
    if (this.#last === null || at - this.#last > GAP) {
      this.log.append(make("li", { className: "time" }, make("time", { textContent: when(at), dateTime: message.at })));
    }
    this.#last = at;
    this.log.append(this.#item(message));
  }

  #item(message) {
    const own = message.talker === this.#me.id;
    const members = this.store.rooms.get(this.#key)?.members ?? [];
    const role = message.talker === BOT ? "bot" : members.find((member) => member.id === message.talker)?.role;
    const picture = avatar({ id: message.talker, name: message.name });
    picture.title = `@${message.name}`;
    picture.addEventListener("click", () => !own && this.#insert(`@${message.name} `));
    const bubble = make("div", { className: "bubble" }, ...(message.media ? [attached(message)] : marked(message.text, members, this.#me)));
    const quote = make("button", { type: "button", className: "quote-it", textContent: "引用", "aria-label": `引用${message.name}的这句话` });
    quote.addEventListener("click", () => this.#quoteIt(message));
    Menu.attach(bubble, [
      ["引用", () => this.#quoteIt(message)],
      ["复制", () => navigator.clipboard?.writeText(message.text).catch(() => {})],
    ]);
    const tag = role && role !== "resident" ? make("i", { textContent: ROLES[role] ?? role }) : null;
    return make(
      "li",
      { className: own ? "message own" : "message", data: { id: message.id } },
      picture,
      make(
        "div",
        { className: "body" },
        make("span", { className: own ? "name unseen" : "name" }, message.name, tag),
        make("div", { className: "line" }, bubble, quote),
        message.quoted ? make("blockquote", { textContent: `${message.quoted.name}：${message.quoted.text}` }) : null,
      ),
    );
  }

  #quoteIt(message) {
    this.#quote = message;
    const close = make("button", { type: "button", className: "plain", textContent: "✕", "aria-label": "不引用了" });
    close.addEventListener("click", () => this.#quoteNothing());
    this.quoting.replaceChildren(make("span", { textContent: `引用 ${message.name}：${message.text}` }), close);
    const end = this.#near();
    this.quoting.hidden = false;
    if (end) this.#toEnd();
    this.input.focus();
  }

  #quoteNothing() {
    this.#quote = null;
    this.quoting.hidden = true;
  }

  #insert(text) {
    this.input.setRangeText(text, this.input.selectionStart, this.input.selectionEnd, "end");
    this.#grow();
    this.input.focus();
  }

  #typed(event) {
    if (event.key === "Escape") this.#quoteNothing();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async #say() {
    const text = this.input.value.trim();
    if (!text) return;
    if (this.send.disabled) {
      this.#again = true; // what was written meanwhile follows when this one is out
      return;
    }
    const [me, key] = [this.#me, this.#key];
    this.send.disabled = true;
    this.problem.hidden = true;
    try {
      await this.store.say(me.id, key, text, this.#quote?.id);
      if (me === this.#me && key === this.#key && this.input.value.trim() === text) {
        this.input.value = "";
        this.#grow();
        this.#quoteNothing();
      }
      const seat = `${me.id} ${key}`;
      if (this.#drafts.get(seat)?.trim() === text) this.#drafts.delete(seat);
    } catch {
      this.#again = false;
      this.#tell("没有发出去，您的话还在下面。请稍后再按一次“发送”。");
    } finally {
      this.send.disabled = false;
    }
    if (this.#again) {
      this.#again = false;
      this.#say();
    }
  }

  async #sendFile() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    this.attach.disabled = true;
    this.problem.hidden = true;
    try {
      await this.store.sendFile(this.#me.id, this.#key, file);
    } catch {
      this.#tell("文件没有发出去。请看看是不是太大，或者不是图片、语音、视频、文档。");
    } finally {
      this.attach.disabled = false;
    }
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 160)}px`;
  }

  #near() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#atEnd = true;
    this.below.hidden = true;
  }
}
