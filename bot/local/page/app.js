// The page: one seat, or two side by side; where one sits is kept in the address.

import { make } from "./dom.js";
import { Picker } from "./picker.js";
import { Seat } from "./seat.js";
import { Store, directOf } from "./store.js";

const store = new Store();
const picker = new Picker(store);
const seats = document.getElementById("seats");
const beside = document.getElementById("beside");
const offline = document.getElementById("offline");
let first = null;
let second = null;

store.addEventListener("online", () => (offline.hidden = store.online));

function seat() {
  const made = new Seat(store, picker);
  made.addEventListener("moved", remember);
  seats.append(made.element);
  return made;
}

function remember() {
  const place = new URLSearchParams({ me: first.me.id, at: first.key });
  if (second?.me) {
    place.set("me2", second.me.id);
    place.set("at2", second.key);
  }
  history.replaceState(null, "", `#${place}`);
}

// The steward of the open group, who will be told; else any steward.
function steward() {
  const members = store.rooms.get(first.key)?.members ?? [];
  const all = [...members, ...store.contacts.values()];
  return all.find((person) => person.role === "steward" && person.id !== first.me.id) ?? all.find((person) => person.id !== first.me.id && person.role !== "bot");
}

async function sitBeside(contact, key) {
  if (!contact) return;
  second = seat();
  beside.textContent = "只看一个人";
  beside.setAttribute("aria-pressed", "true");
  seats.dataset.two = "yes";
  await second.play(contact, key);
  if (first.element.dataset.view === "list") await first.open(first.key);
}

function sitAlone() {
  second?.leave();
  second = null;
  beside.textContent = "同时看管家";
  beside.setAttribute("aria-pressed", "false");
  delete seats.dataset.two;
  remember();
}

beside.addEventListener("click", () => {
  if (second) return sitAlone();
  const other = steward();
  return other && sitBeside(other.id, directOf(other.id));
});

function someone() {
  const people = [...store.contacts.values()];
  return people.find((person) => person.role === "resident") ?? people[0];
}

function nobody() {
  seats.replaceChildren(make("p", { className: "nobody", textContent: "名册里还没有群和人。请管理员先导入名册，这里会自动出现。" }));
  store.addEventListener("people", () => store.contacts.size && location.reload());
  setInterval(() => store.reloadPeople().catch(() => {}), 3000);
}

async function start() {
  await store.start();
  const place = new URLSearchParams(location.hash.slice(1));
  const me = store.contacts.get(place.get("me")) ?? someone();
  if (!me) return nobody();
  beside.hidden = false;
  first = seat();
  await first.play(me.id, place.get("at"));
  if (store.contacts.has(place.get("me2"))) await sitBeside(place.get("me2"), place.get("at2"));
}

start().catch(() => {
  offline.textContent = "现在连不上服务。请看看程序是不是在运行，然后刷新这个页面。";
  offline.hidden = false;
});
