// Choosing whom to play.

import { ROLES, avatar, make } from "./dom.js";

const GROUPS = [
  ["居民", (role) => role === "resident"],
  ["微网管家", (role) => role === "steward"],
  ["网格员和队伍", (role) => !["resident", "steward", "admin"].includes(role)],
  ["管理员", (role) => role === "admin"],
];
const MOST_SHOWN = 60;

export class Picker {
  #dialog = document.getElementById("picker");
  #search = document.getElementById("picker-search");
  #people = document.getElementById("picker-people");
  #chosen = () => {};

  constructor(store) {
    this.store = store;
    this.#search.addEventListener("input", () => this.#show());
    this.#search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault(); // or it would end up in the line the focus moves to
      this.#people.querySelector("button")?.click();
    });
    document.getElementById("picker-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  ask(chosen) {
    this.#chosen = chosen;
    this.#search.value = "";
    this.#topics = topicsByContact(this.store.rooms.values());
    this.#show();
    this.#dialog.showModal();
    this.#search.focus();
  }

  #topics = new Map();

  #show() {
    const words = this.#search.value.trim().toLowerCase();
    const found = [...this.store.contacts.values()].filter((person) => this.#fits(person, words));
    const sections = GROUPS.map(([title, belongs]) => this.#section(title, found.filter((one) => belongs(one.role))));
    this.#people.replaceChildren(...sections.filter(Boolean));
    if (!found.length) this.#people.append(make("p", { className: "hint", textContent: this.#nobody(words) }));
  }

  #nobody(words) {
    return words ? "没有找到这个人。" : "名册里还没有人。请管理员先导入名册。";
  }

  #fits(person, words) {
    return `${person.name} ${ROLES[person.role] ?? person.role} ${this.#where(person)}`.toLowerCase().includes(words);
  }

  #where(person) {
    return (this.#topics.get(person.id) ?? []).join(" ");
  }

  #section(title, people) {
    if (!people.length) return null;
    const rest = people.length - MOST_SHOWN;
    return make(
      "section",
      {},
      make("h3", { textContent: title }),
      make("ul", {}, ...people.slice(0, MOST_SHOWN).map((person) => make("li", {}, this.#button(person)))),
      rest > 0 ? make("p", { className: "hint", textContent: `还有 ${rest} 位，请输入名字查找。` }) : null,
    );
  }

  #button(person) {
    const topics = this.#topics.get(person.id) ?? [];
    const where = topics.length > 2 ? `${topics[0]} 等${topics.length}个群` : topics.join("、");
    const about = [ROLES[person.role] ?? person.role, where].filter(Boolean).join(" · ");
    const button = make(
      "button",
      { type: "button", className: "person", data: { contact: person.id } },
      avatar(person),
      make("span", { className: "two" }, make("b", { textContent: person.name }), make("small", { textContent: about })),
    );
    button.addEventListener("click", () => {
      this.#dialog.close();
      this.#chosen(person);
    });
    return button;
  }
}

function topicsByContact(rooms) {
  const topics = new Map();
  for (const room of rooms) {
    for (const member of room.members) {
      if (!topics.has(member.id)) topics.set(member.id, []);
      topics.get(member.id).push(room.topic);
    }
  }
  return topics;
}
