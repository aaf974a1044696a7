// Building elements, always from text and never from markup, and the small words and signs of the chat.

export const BOT = "bot";

export const ROLES = {
  resident: "居民",
  steward: "微网管家",
  grid_worker: "网格员",
  grid_leader: "网格长",
  community: "社区",
  subdistrict: "街道",
  department: "职能部门",
  response_team: "铁脚板",
  elder: "五老",
  pioneer: "海棠先锋",
  admin: "管理员",
  bot: "机器人",
};

const COLOURS = ["#8a4b2f", "#2f6f8a", "#6a4c93", "#a23e48", "#3c6e47", "#7a5c1e", "#34568b", "#8c3f73", "#4f5d75"];

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name === "role") element.setAttribute(name, value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function avatar(person) {
  const sign = make("span", { className: "avatar", textContent: [...person.name][0] ?? "?", "aria-hidden": "true" });
  sign.style.backgroundColor = person.id === BOT ? "#0a7d3f" : colour(person.id);
  return sign;
}

export function roomSign(topic) {
  const sign = make("span", { className: "avatar room", textContent: topic.match(/\d{1,3}/)?.[0] ?? [...topic][0], "aria-hidden": "true" });
  sign.style.backgroundColor = colour(topic);
  return sign;
}

function colour(id) {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 100003;
  return COLOURS[sum % COLOURS.length];
}

const DAY = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "long", day: "numeric" });
const HOUR = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function when(at, now = new Date()) {
  const [day, hour] = [DAY.format(at), HOUR.format(at)];
  if (day === DAY.format(now)) return hour;
  if (day === DAY.format(new Date(now - 86_400_000))) return `昨天 ${hour}`;
  return `${day} ${hour}`;
}

// What a message brings: a picture to look at, a voice to hear, any other file to save.
export function attached(message) {
  const href = `/chat/media/${encodeURIComponent(message.media)}`;
  if (/\.(mp3|m4a|wav|ogg)$/.test(message.media)) {
    return make("audio", { className: "voice", src: href, controls: true, "aria-label": message.text || "语音" });
  }
  if (!/\.(png|jpe?g|gif|webp)$/.test(message.media)) {
    return make("a", { className: "file", href, download: message.media, textContent: `📄 ${message.text || message.media}` });
  }
  const picture = make("img", { className: "picture", src: href, alt: message.text || "图片" });
  return make("a", { href, target: "_blank", "aria-label": `看大图：${message.text || "图片"}` }, picture);
}

// The text with every "@name" of a member marked.
export function marked(text, members, me) {
  const names = members.map((member) => `@${member.name}`).sort((a, b) => b.length - a.length);
  const parts = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const name = text[at] === "@" ? names.find((one) => text.startsWith(one, at)) : undefined;
    if (name === undefined) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) parts.push(plain);
    plain = "";
    parts.push(make("span", { className: me && name === `@${me.name}` ? "mention mine" : "mention", textContent: name }));
    at += name.length;
  }
  if (plain) parts.push(plain);
  return parts;
}
