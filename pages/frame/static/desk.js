// The desk with script: scans are taken one after the other, and the focus comes back to the field.
"use strict";
(() => {
  const waiting = [];
  let current = [];
  let busy = false;
  let stopped = false;
  const one = (id) => document.getElementById(id);
  const isScan = (form) => form instanceof HTMLFormElement && form.id === "scan";

  function tellWaiting() {
    const told = one("waiting");
    if (!told) return;
    told.hidden = !stopped;
    told.textContent = told.dataset.text.replace("%", waiting.length);
  }

  // A page without the field, such as of a sign-in that has ended, takes no scan any more.
  function tellNotTaken(status) {
    const scans = [...(status < 500 ? current : []), ...waiting.splice(0)].filter(Boolean);
    if (!scans.length) return;
    const told = document.createElement("div");
    told.className = "note refusal";
    told.setAttribute("role", "alert");
    const list = document.createElement("ul");
    for (const scan of scans) list.appendChild(document.createElement("li")).textContent = scan;
    told.append(notTaken.replace("%", scans.length), list);
    one("main").append(told);
  }

  // A refusal is not pushed aside by the scans behind it: they wait until the clerk goes on.
  function next() {
    const form = one("scan");
    if (busy || stopped || !form || !waiting.length) return;
    busy = true;
    const values = Object.fromEntries(new FormData(form));
    values.scan = waiting.shift();
    current = [values.scan];
    const how = { source: form, target: "#main", select: "#main", swap: "outerHTML show:none", values };
    htmx.ajax("POST", form.getAttribute("action"), how).catch(() => {}).finally(() => {
      busy = false;
      current = [];
      const outcome = one("outcome");
      stopped = stopped || (waiting.length > 0 && outcome?.dataset.refused === "yes");
      tellWaiting();
      next();
    });
  }

  document.addEventListener("submit", (event) => {
    if (!isScan(event.target) || event.submitter?.name) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const field = event.target.elements.scan;
    const text = field.value.trim();
    field.value = "";
    if (text || !stopped) waiting.push(text);
    if (!text) stopped = false;
    tellWaiting();
    next();
  }, true);

  document.addEventListener("keydown", (event) => {
    const field = one("scan-field");
    if (!field) return;
    // Some scanners end with Tab.
    if (event.key === "Tab" && !event.shiftKey && event.target === field && field.value.trim()) {
      event.preventDefault();
      field.form.requestSubmit();
    } else if (event.target === document.body && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      field.focus();
    }
  });

  // What is being typed while the page changes is kept.
  let typed = "";
  let sound = "";
  let notTaken = "";
  const alarm = () => sound && new Audio(sound).play().catch(() => {});
  document.addEventListener("htmx:beforeSwap", () => {
    typed = one("scan-field")?.value ?? "";
    sound = one("scan")?.dataset.sound ?? sound;
    notTaken = one("scan")?.dataset.notTaken ?? notTaken;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const field = one("scan-field");
    // A page of an error brings no sound along.
    if (!field) {
      tellNotTaken(event.detail.xhr.status);
      return alarm();
    }
    field.value = typed;
    field.focus();
    tellWaiting();
  });
  for (const failure of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => {
      const told = one("offline");
      if (told) told.hidden = false;
      sound = one("scan")?.dataset.sound ?? sound;
      alarm();
      stopped = waiting.length > 0;
      tellWaiting();
    });
  }
  document.addEventListener("change", (event) => {
    if (event.target.form?.id === "scan" && event.target.type === "radio") one("scan-field")?.focus();
  });
})();
