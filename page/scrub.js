"use strict";
// Moves through the events of a run. What is shown was worked out when the page was written; it is put in as text only.
const byId = (id) => document.getElementById(id);
(() => {
  const { texts, moments } = JSON.parse(byId("moments").textContent);
  if (moments.length === 0 || byId("scrubber") === null) return;
  const range = byId("place");
  const rows = new Map(moments.map(({ row }, index) => [row, index]));
  let at = 0;

  /** The fields of every run that had begun, after the moment. */
  function standing(index) {
    const runs = new Map();
    for (const { run, set } of moments.slice(0, index + 1)) {
      const fields = runs.get(run) ?? new Map();
      for (const [name, place] of Object.entries(set)) {
        if (place === null) fields.delete(name);
        else fields.set(name, texts[place]);
      }
      runs.set(run, fields);
    }
    return runs;
  }

  function make(name, text, ...children) {
    const element = document.createElement(name);
    if (text !== null) element.textContent = text;
    element.append(...children);
    return element;
  }

  function listOf(fields, changed) {
    const list = make("dl", null);
    for (const [name, text] of fields) {
      const label = make("dt", name);
      const value = make("dd", null, make("pre", text));
      if (changed.has(name)) label.append(make("span", " (changed)"));
      list.append(label, value);
    }
    return list;
  }

  function runOf(run, fields, moment, open) {
    const changed = new Set(moment.run === run ? Object.keys(moment.set) : []);
    const inner = [...fields].filter(([name]) => name.startsWith("context."));
    const outer = [...fields].filter(([name]) => !name.startsWith("context."));
    const part = make("article", null, make("h3", run), listOf(outer, changed));
    part.dataset.run = run;
    if (inner.length === 0) return part;
    const named = inner.map(([name, text]) => [name.slice("context.".length), text]);
    const names = new Set([...changed].map((name) => name.replace(/^context\./, "")));
    const context = make("details", null, make("summary", "Context"), listOf(named, names));
    context.open = open.has(run);
    part.append(context);
    return part;
  }

  /** Marks in each picture where the machine stands: the innermost state that is drawn. */
  function mark(runs) {
    for (const box of document.querySelectorAll("rect.now")) box.classList.remove("now");
    for (const picture of document.querySelectorAll("figure[data-run]")) {
      const state = runs.get(picture.dataset.run)?.get("state") ?? "";
      const boxes = new Map(
        [...picture.querySelectorAll("rect[data-node]")].map((box) => [box.dataset.node, box]),
      );
      for (const one of state.split(", ")) {
        const words = one.split(".");
        while (words.length > 0 && !boxes.has(words.join("."))) words.pop();
        boxes.get(words.join("."))?.classList.add("now");
      }
    }
  }

  function show(index) {
    at = Math.min(Math.max(0, index), moments.length - 1);
    const moment = moments[at];
    const said = `${moment.name}, ${moment.at.slice(0, 19).replace("T", " ")} UTC: ${moment.what}`;
    const open = new Set(
      [...document.querySelectorAll("#standing details[open]")].map(
        (one) => one.closest("article").dataset.run,
      ),
    );
    const runs = standing(at);
    range.value = String(at + 1);
    range.setAttribute("aria-valuetext", said);
    byId("now").textContent = `${at + 1} of ${moments.length}. ${said}`;
    byId("standing").replaceChildren(...[...runs].map(([run, fields]) => runOf(run, fields, moment, open)));
    for (const row of document.querySelectorAll("tr.now")) row.classList.remove("now");
    byId(moment.row)?.classList.add("now");
    mark(runs);
  }

  function showNamed() {
    const index = rows.get(decodeURIComponent(location.hash.slice(1)));
    if (index !== undefined) show(index);
  }

  const moves = { first: () => 0, back: () => at - 1, on: () => at + 1, last: () => moments.length - 1 };
  for (const [id, to] of Object.entries(moves)) byId(id).addEventListener("click", () => show(to()));
  range.addEventListener("input", () => show(Number(range.value) - 1));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") show(at + 1);
    if (event.key === "k") show(at - 1);
  });
  window.addEventListener("hashchange", showNamed);
  // What is folded away would be missing on paper.
  window.addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
  byId("scrubber").hidden = false;
  show(moments.length - 1);
  showNamed();
})();
