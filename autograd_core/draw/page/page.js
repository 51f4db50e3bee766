"use strict";
const byId = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const data = JSON.parse(byId("data").textContent);
const sections = all("#steps > section");
const graph = byId("graph");
const svg = graph.querySelector("svg");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let current = 0; // steps are counted from 1
let timer = 0;

// Arrays -------------------------------------------------------------------------------------

function range(n) {
  return Array.from({ length: n }, (_, i) => i);
}

// The index of an entry of an array that is shown as a table: all axes but the last are rows.
function indexOf(shape, row, column) {
  const index = [column];
  for (const n of shape.slice(0, -1).reverse()) {
    index.unshift(row % n);
    row = Math.floor(row / n);
  }
  return index;
}

// The fraction ∂J/∂x, without the element around it.
function gradientOf(k) {
  const d = (x) => `<mrow><mi>∂</mi>${x}</mrow>`;
  return d(data.output[0]) + d(data.symbols[k][0]);
}

// The caption of a figure as MathML and as text: a node, the gradient by a node, or words.
function captionOf({ of, by, text, transposed }) {
  if (text) return [text, text];
  let [symbol, name] = data.symbols[of ?? by];
  if (by) {
    symbol = `<mfrac>${gradientOf(by)}</mfrac>`;
    name = `∂${data.output[1]}/∂${name}`;
  }
  if (transposed === undefined) return [`<math>${symbol}</math>`, name];
  const T = '<mi mathvariant="normal">T</mi>';
  const subscripted = /^<msub>(.*)<\/msub>$/.exec(symbol);
  if (by) symbol = `<msup><mrow><mo>(</mo>${symbol}<mo>)</mo></mrow>${T}</msup>`;
  else if (subscripted) symbol = `<msubsup>${subscripted[1]}${T}</msubsup>`;
  else symbol = `<msup>${symbol}${T}</msup>`;
  return [`<math>${symbol}</math>`, `${name} transposed`];
}

function fillFigure(figure) {
  const [caption, label] = captionOf(figure.dataset);
  const { of, by, array: told } = figure.dataset;
  const array = data.arrays[told ?? data.usual[of ? `of${of}` : `by${by}`]];
  const line = document.createElement("figcaption");
  line.innerHTML = caption;
  if (array) {
    const about = `${array.shape.join("\u2009×\u2009")} ${array.dtype ?? ""}`.trim();
    const small = document.createElement("small");
    small.textContent = about;
    line.append(" ", small);
    const table = makeTable(array);
    table.setAttribute("aria-label", `${label}, ${about}`);
    if ("result" in figure.dataset) makeGrid(table, figure.closest(".numbers"));
    figure.append(table);
  }
  figure.append(line);
}

function makeTable(array) {
  const width = array.shape.at(-1);
  const height = array.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const rows = array.rows ?? range(width ? height : 0);
  const columns = array.columns ?? range(height ? width : 0);
  const texts = array.text.split(" ");
  const exact = array.exact?.split(" ");
  const table = document.createElement("table");
  rows.forEach((i, r) => {
    if (r && i !== rows[r - 1] + 1) addGaps(table.insertRow(), columns, "⋮");
    const line = table.insertRow();
    columns.forEach((j, c) => {
      if (c && j !== columns[c - 1] + 1) addGap(line, "⋯");
      const k = r * columns.length + c;
      const cell = line.insertCell();
      cell.textContent = texts[k];
      cell.index = indexOf(array.shape, i, j);
      if (exact) cell.title = exact[k];
      const level = array.levels.charCodeAt(k) - "i".charCodeAt(0);
      cell.className = level > 8 ? "x" : level > 0 ? "p" : level < 0 ? "m" : "";
      cell.style.setProperty("--strength", Math.min(Math.abs(level), 8) * 12.5);
    });
  });
  if (!texts[0]) table.insertRow().insertCell().textContent = "no entries";
  return table;
}

function addGap(line, text) {
  const cell = line.insertCell();
  cell.textContent = text;
  cell.className = "gap";
}

function addGaps(line, columns, text) {
  columns.forEach((j, c) => {
    if (c && j !== columns[c - 1] + 1) addGap(line, "⋱");
    addGap(line, text);
  });
}

const entries = (within) => all("td:not(.gap)", within);

// A table of which each entry shows what it was computed from, by pointer and by keyboard.
function makeGrid(table, numbers) {
  const cells = entries(table);
  const said = document.createElement("p");
  said.className = "entry";
  said.setAttribute("role", "status");
  numbers.append(said);
  table.setAttribute("role", "grid");
  cells.forEach((cell, k) => {
    cell.tabIndex = k ? -1 : 0;
    cell.addEventListener("focus", () => light(numbers, cell));
    cell.addEventListener("blur", () => light(numbers, null));
    cell.addEventListener("pointerenter", () => light(numbers, cell));
    cell.addEventListener("pointerleave", () => light(numbers, null));
  });
  table.addEventListener("keydown", (event) => {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (!(dx || dy)) return;
    event.preventDefault();
    event.stopPropagation();
    const lines = all("tr", table).map(entries).filter((line) => line.length);
    const y = lines.findIndex((line) => line.includes(document.activeElement));
    const target = lines[y + dy]?.[lines[y].indexOf(document.activeElement) + dx];
    if (!target) return;
    document.activeElement.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  });
}

function light(numbers, cell) {
  all(".lit", numbers).forEach((x) => x.classList.remove("lit"));
  const said = numbers.querySelector(".entry");
  said.textContent = "";
  if (!cell) return;
  cell.classList.add("lit");
  const operands = all("figure:not([data-result])", numbers);
  const lit = operands.map((box) => {
    const axes = box.dataset.axes?.split(" ");
    if (!axes) return [];
    const involved = entries(box).filter((x) => axes.every((a, k) => a === "*" || x.index[k] === cell.index[a]));
    involved.forEach((x) => x.classList.add("lit"));
    return involved;
  });
  const where = cell.index.map((i) => i + 1);
  const place = where.length === 2 ? `Row ${where[0]}, column ${where[1]}` : `Entry ${where.join(", ")}`;
  said.textContent = `${place}: ${sumOf(numbers.dataset, lit)}${cell.textContent}`;
}

// The sum that an entry is, if it is one: of products, or of entries.
function sumOf(how, lit) {
  const signed = (x) => (x.textContent.startsWith("−") ? `(${x.textContent})` : x.textContent);
  let terms = [];
  if ("product" in how) terms = lit[0].map((x, k) => `${signed(x)} · ${signed(lit[1][k])}`);
  if ("sum" in how) terms = lit[0].map(signed);
  if (!terms.length) return "";
  const gaps = lit[0].filter((x, k) => {
    const before = lit[0][k - 1]?.index ?? x.index;
    return x.index.some((i, axis) => i > before[axis] + 1);
  });
  if (gaps.length) terms.splice(lit[0].indexOf(gaps[0]), 0, "…");
  return `${terms.join(" + ")} = `;
}

// The operation of a step: what it does, in its own words, and its code.
function addAbout(section) {
  if (!section.dataset.node) return;
  const { name, about, code } = data.operations[data.operationOf[section.dataset.node]];
  const box = document.createElement("div");
  box.className = "about";
  section.querySelector("h2").after(box);
  if (section.className === "backward" && box.nextElementSibling.localName === "math") {
    const upstream = document.createElement("p");
    upstream.textContent = "Upstream gradient:";
    box.after(upstream);
  }
  const line = document.createElement("p");
  const title = document.createElement("code");
  title.textContent = name;
  line.append(title, ` ${about}`);
  box.append(line);
  if (!code) return;
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = `Code of ${name}`;
  const text = document.createElement("pre");
  text.textContent = code;
  text.tabIndex = 0;
  details.append(summary, text);
  box.append(details);
}

function fill(section) {
  if (section.filled) return;
  section.filled = true;
  all("mi[data-of]", section).forEach((x) => (x.outerHTML = data.symbols[x.dataset.of][0]));
  all("mfrac[data-by]", section).forEach((x) => (x.innerHTML = gradientOf(x.dataset.by)));
  all("figure", section).forEach(fillFigure);
  addAbout(section);
  for (const box of all("figure, math", section)) {
    if (box.scrollWidth > box.clientWidth + 1) box.setAttribute("tabindex", "0"); // to scroll it
  }
}

// The graph ----------------------------------------------------------------------------------

const drawn = all(".node", svg).map((element) => {
  const runs = (element.dataset.node ?? element.dataset.nodes).split(" ");
  const nodes = runs.flatMap((run) => {
    const [a, b = a] = run.split("-").map(Number);
    return range(b - a + 1).map((i) => a + i);
  });
  return { element, nodes };
});
const edges = all(".edge", svg);
const natural = { width: svg.width.baseVal.value, height: svg.height.baseVal.value };

function stepsOf(nodes) {
  const steps = nodes.flatMap((k) => {
    const [forward, backward, complete] = data.steps[k];
    return [forward, backward || complete];
  });
  return [...new Set(steps)].filter(Boolean).sort((a, b) => a - b);
}

function visit(nodes) {
  const steps = stepsOf(nodes);
  go(steps.find((step) => step > current) ?? steps[0]);
}

function prepareGraph() {
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", svg.querySelector("title").textContent);
  svg.querySelector("title").remove(); // it would be a tooltip everywhere
  for (const { element, nodes } of drawn) {
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", "0");
    element.setAttribute("aria-label", element.querySelector("title").textContent);
    element.addEventListener("click", () => visit(nodes));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      visit(nodes);
    });
  }
}

function markGraph(section) {
  const { node, targets = "" } = section.dataset;
  const receiving = new Set(targets.split(" "));
  const isForward = section.className === "forward";
  svg.classList.toggle("walk-forward", isForward);
  svg.classList.toggle("walk-backward", section.className === "backward");
  for (const { element, nodes } of drawn) {
    const has = (which) => nodes.every((k) => data.steps[k][which] && data.steps[k][which] <= current);
    element.classList.toggle("valued", has(0));
    element.classList.toggle("graded", has(2));
    element.classList.toggle("current", nodes.some((k) => String(k) === node));
    element.classList.toggle("target", nodes.some((k) => receiving.has(String(k))));
  }
  for (const edge of edges) {
    const [from, to] = edge.id.slice(1).split("-"); // e3-4-0: from node 3 to 4, its first input
    const [forward, backward] = data.steps[to];
    edge.classList.toggle("used", forward <= current);
    edge.classList.toggle("flowed", backward > 0 && backward <= current);
    const lit = to === node && (isForward || receiving.has(from));
    edge.classList.toggle("current", lit);
  }
}

function zoom(scale) {
  svg.style.width = `${natural.width * scale}px`;
  svg.style.height = `${natural.height * scale}px`;
}

function fit(smallest) {
  const room = { width: graph.clientWidth - 8, height: graph.clientHeight - 60 };
  const scale = Math.min(room.width / natural.width, Math.max(room.height, 200) / natural.height, 1.6);
  zoom(Math.max(scale, smallest));
}

// Bring what is lit into the middle, if a part of it can't be seen.
function follow() {
  const element = svg.querySelector(".current") ?? svg.querySelector(".target");
  if (!element) return;
  const [inside, outside] = [element.getBoundingClientRect(), graph.getBoundingClientRect()];
  const hidden = inside.left < outside.left || inside.right > outside.right || inside.top < outside.top || inside.bottom > outside.bottom;
  if (!hidden) return;
  const left = inside.left + inside.width / 2 - outside.left - outside.width / 2;
  const top = inside.top + inside.height / 2 - outside.top - outside.height / 2;
  const far = Math.abs(top) > outside.height || Math.abs(left) > outside.width;
  graph.scrollBy({ left, top, behavior: far || still.matches ? "auto" : "smooth" });
}

// Going from step to step --------------------------------------------------------------------

function go(step) {
  step = Math.max(1, Math.min(sections.length, Math.round(step) || 1));
  if (step === current) return;
  current = step;
  const section = sections[step - 1];
  sections.forEach((x) => (x.hidden = x !== section));
  fill(section);
  markGraph(section);
  follow();
  const slider = byId("slider");
  slider.value = step;
  const title = section.querySelector("h2").textContent;
  slider.setAttribute("aria-valuetext", `${step} of ${sections.length}: ${title}`);
  byId("counter").textContent = `${step} / ${sections.length}`;
  byId("said").textContent = `Step ${step} of ${sections.length}. ${title}`;
  byId("steps").scrollTop = 0;
  try {
    history.replaceState(null, "", `#step=${step}`);
  } catch {
    // a page inside a notebook may have no address
  }
}

function stop() {
  clearInterval(timer);
  timer = 0;
  byId("play").setAttribute("aria-label", "Play");
  byId("play").classList.remove("playing");
}

function play() {
  if (timer) return stop();
  if (current === sections.length) go(1);
  byId("play").setAttribute("aria-label", "Pause");
  byId("play").classList.add("playing");
  timer = setInterval(() => {
    go(current + 1);
    if (current === sections.length) stop();
  }, 2000);
}

function moveTo(step) {
  stop();
  go(step);
}

function fromAddress() {
  const match = /^#step=(\d+)$/.exec(location.hash);
  if (match) moveTo(Number(match[1]));
}

const MOVES = {
  ArrowLeft: () => current - 1,
  ArrowRight: () => current + 1,
  Home: () => 1,
  End: () => sections.length,
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, pre")) return;
  const move = MOVES[event.key];
  if (!move) return;
  event.preventDefault();
  moveTo(move());
});
byId("first").addEventListener("click", () => moveTo(1));
byId("back").addEventListener("click", () => moveTo(current - 1));
byId("next").addEventListener("click", () => moveTo(current + 1));
byId("last").addEventListener("click", () => moveTo(sections.length));
byId("play").addEventListener("click", play);
byId("slider").addEventListener("input", (event) => moveTo(Number(event.target.value)));
byId("smaller").addEventListener("click", () => zoom(svg.getBoundingClientRect().width / natural.width / 1.25));
byId("larger").addEventListener("click", () => zoom((svg.getBoundingClientRect().width / natural.width) * 1.25));
byId("fit").addEventListener("click", () => fit(0));
byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
addEventListener("hashchange", fromAddress);
addEventListener("beforeprint", () => sections.forEach(fill));

prepareGraph();
fit(0.8);
fromAddress();
if (!current) go(1);
