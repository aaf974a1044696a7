// The page of a report: charts by Vega, tables that can be sorted, searched and narrowed to a community.
// Everything shown is text from the data: no markup is ever made of it.

const { charts, tables } = JSON.parse(document.getElementById("data").textContent);
const AT_ONCE = 200;
const ALL = "全部";
const byId = (id) => document.getElementById(id);
const [head, body] = [document.querySelector("thead"), document.querySelector("tbody")];
let [table, order, shown] = [tables[0], null, AT_ONCE];

const SHOW = {
  percent: (value) => `${(value * 100).toFixed(1)}%`,
  hours: (value) => value.toFixed(1),
  number: (value) => String(value),
  time: (value) => value,
  text: (value) => value,
};

function make(tag, text, properties = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  return Object.assign(element, properties);
}

function value(row, index) {
  return row[index] === null ? "" : (SHOW[table.columns[index].kind] ?? String)(row[index]);
}

function rows() {
  const at = table.columns.findIndex((column) => column.name === "社区");
  const community = byId("community").value;
  const words = byId("search").value.trim().toLowerCase();
  const found = table.rows.filter(
    (row) =>
      (at < 0 || community === ALL || row[at] === community) &&
      (!words || row.some((cell) => cell !== null && String(cell).toLowerCase().includes(words))),
  );
  return order ? found.sort((one, other) => order.sign * compare(one[order.index], other[order.index])) : found;
}

function compare(one, other) {
  if (one === null || other === null) return (one === null) - (other === null);
  return typeof one === "number" ? one - other : String(one).localeCompare(String(other), "zh-CN", { numeric: true });
}

function draw() {
  const found = rows();
  head.replaceChildren(make("tr", ""));
  table.columns.forEach((column, index) => head.firstChild.append(heading(column, index)));
  body.replaceChildren(
    ...found.slice(0, shown).map((row) => {
      const line = make("tr", "");
      line.append(...table.columns.map((column, index) => cell(column, value(row, index))));
      return line;
    }),
  );
  byId("count").textContent = `${found.length}行`;
  byId("note").textContent = table.note;
  byId("more").hidden = found.length <= shown;
}

function heading(column, index) {
  const sorted = order?.index === index;
  const button = make("button", column.name + (sorted ? (order.sign > 0 ? " ▲" : " ▼") : ""), { type: "button" });
  button.addEventListener("click", () => {
    order = { index, sign: sorted ? -order.sign : 1 };
    draw();
    head.querySelectorAll("button")[index].focus();
  });
  const found = make("th", "", { scope: "col" });
  if (sorted) found.setAttribute("aria-sort", order.sign > 0 ? "ascending" : "descending");
  found.append(button);
  return found;
}

function cell(column, text) {
  const number = column.kind === "number" || column.kind === "percent" || column.kind === "hours";
  return make("td", text, { className: number ? "number" : column.width >= 28 ? "wide" : "" });
}

function choose(next) {
  [table, order, shown] = [next, null, AT_ONCE];
  for (const tab of document.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", tab.textContent === table.name);
  byId("community").disabled = !table.columns.some((column) => column.name === "社区");
  draw();
}

function begin() {
  const tabs = document.querySelector("[role=tablist]");
  for (const each of tables) {
    const tab = make("button", each.name, { type: "button", role: "tab" });
    tab.addEventListener("click", () => choose(each));
    tabs.append(tab);
  }
  const names = new Set();
  for (const { columns, rows: all } of tables) {
    const at = columns.findIndex((column) => column.name === "社区");
    if (at >= 0) all.forEach((row) => row[at] && names.add(row[at]));
  }
  const sorted = [...names].sort((one, other) => one.localeCompare(other, "zh-CN", { numeric: true }));
  byId("community").replaceChildren(...[ALL, ...sorted].map((name) => make("option", name, { value: name })));
  for (const id of ["community", "search"]) {
    byId(id).addEventListener("input", () => {
      shown = AT_ONCE;
      draw();
    });
  }
  byId("more").addEventListener("click", () => {
    shown += 5 * AT_ONCE;
    draw();
  });
  choose(tables[0]);
  for (const { name, spec } of charts) {
    window.vegaEmbed(`#chart-${name}`, spec, { actions: false, renderer: "svg" });
  }
}

begin();
