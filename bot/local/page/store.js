// What the page knows: rooms, people, conversations; kept up to date over the web socket.

const API = "/chat/api";
const NEWEST = 200;

export const conversationOf = (message) => message.room ?? `direct:${message.contact}`;
export const directOf = (contact) => `direct:${contact}`;

export class Store extends EventTarget {
  rooms = new Map();
  contacts = new Map();
  conversations = new Map(); // key -> {messages, complete, read}
  online = false;
  #delay = 500;

  async start() {
    await this.reloadPeople();
    this.#connect();
  }

  async reloadPeople() {
    const [rooms, contacts] = await Promise.all([ask("rooms"), ask("contacts")]);
    this.rooms = new Map(rooms.map((room) => [room.id, room]));
    this.contacts = new Map(contacts.map((contact) => [contact.id, contact]));
    this.#tell("people");
  }

  roomsOf(contact) {
    return [...this.rooms.values()].filter((room) => room.members.some((member) => member.id === contact));
  }

  // A conversation with its newest messages; all of them when asked.
  async open(key, { all = false } = {}) {
    const conversation = this.conversations.get(key) ?? { messages: [], complete: false, read: false };
    this.conversations.set(key, conversation); // from here on it takes in what is said
    if (conversation.complete || (conversation.read && !all)) return conversation;
    const found = await this.#messages(key, all ? {} : { newest: NEWEST });
    conversation.messages = merged(found, conversation.messages);
    conversation.complete = all || found.length < NEWEST;
    conversation.read = true;
    return conversation;
  }

  latest(contact) {
    return ask("conversations", { contact });
  }

  async unread(key, after) {
    return this.#messages(key, { after, newest: 100 });
  }

  async say(talker, key, text, quote) {
    const target = key.startsWith("direct:") ? { to: "bot" } : { room: key };
    const answer = await fetch(`${API}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ talker, text, ...target, ...(quote ? { quote } : {}) }),
    });
    if (!answer.ok) throw new Error((await answer.json()).error.message);
  }

  async sendFile(talker, key, file) {
    const form = new FormData();
    form.append("talker", talker);
    form.append(...(key.startsWith("direct:") ? ["to", "bot"] : ["room", key]));
    form.append("file", file);
    const answer = await fetch(`${API}/files`, { method: "POST", body: form });
    if (!answer.ok) throw new Error((await answer.json()).error.message);
  }

  #messages(key, query) {
    return ask("messages", key.startsWith("direct:") ? { contact: key.slice(7), ...query } : { room: key, ...query });
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/chat/ws`);
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", (event) => this.#heard(JSON.parse(event.data)));
    socket.addEventListener("close", () => this.#closed());
  }

  // What was said while the page was deaf is read again; the seats count anew.
  async #opened() {
    this.#delay = 500;
    const known = [...this.conversations].filter(([, conversation]) => conversation.read);
    const gaps = known.map(([key, conversation]) => [key, conversation, conversation.messages.at(-1)?.id ?? "0"]);
    try {
      await this.reloadPeople();
      for (const [key, conversation, after] of gaps) {
        conversation.messages = merged(await this.#messages(key, { after }), conversation.messages);
      }
    } catch {
      return; // the socket will close too, and come back
    }
    this.online = true;
    this.#tell("online");
  }

  #closed() {
    this.online = false;
    this.#tell("online");
    setTimeout(() => this.#connect(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, 5000);
  }

  #heard(message) {
    if (message.room && !this.rooms.has(message.room)) this.reloadPeople().catch(() => {});
    const conversation = this.conversations.get(conversationOf(message));
    if (conversation) conversation.messages = merged(conversation.messages, [message]);
    this.#tell("message", message);
  }

  #tell(what, detail = null) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}

async function ask(path, query = {}) {
  const answer = await fetch(`${API}/${path}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error((await answer.json()).error.message);
  return answer.json();
}

function merged(first, second) {
  const byId = new Map([...first, ...second].map((message) => [Number(message.id), message]));
  return [...byId.keys()].sort((a, b) => a - b).map((id) => byId.get(id));
}
