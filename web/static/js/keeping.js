// What one types is not lost: a form waits for its own autosave, and a request that fails says so,
// and what a form held when the session had ended, or when it was refused on another page, is there again afterwards.
"use strict";
(() => {
  // Sent while an autosave is under way, a card would seem to come from another window.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.classList.contains("htmx-request") || form.matches("[data-live]")) return;
    event.preventDefault();
    form.addEventListener("htmx:afterRequest", () => form.requestSubmit(event.submitter), { once: true });
  });

  // What was changed and not sent is marked, and not left without asking.
  let sending = null;
  document.addEventListener("input", (event) => { event.target.form?.matches("[data-guard]") && event.target.form.classList.add("dirty"); });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) sending = event.target; });
  window.addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("form.dirty")].some((form) => form !== sending)) event.preventDefault();
    sending = null;
  });

  // What fails is said in the server's words where it has any; an autosave that did not arrive is tried again.
  const notices = document.getElementById("notices");
  const refusal = (request) => request.getResponseHeader("HX-Retarget");
  let again;
  const say = (event) => {
    notices.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: notices.dataset.failed }));
    clearTimeout(again);
    if (event.target.matches(".card-form")) again = setTimeout(() => window.htmx.trigger(event.target, "change"), 5000);
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.isError && refusal(event.detail.xhr)) event.detail.shouldSwap = true;
  });
  document.addEventListener("htmx:responseError", (event) => { if (!refusal(event.detail.xhr)) say(event); });
  ["htmx:sendError", "htmx:timeout"].forEach((failure) => document.addEventListener(failure, say));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) notices.replaceChildren(); });

  // Kept in this window only, for the same person, until the next page that is no log-in and no refusal.
  const who = document.body.dataset.viewer;
  const fields = (form) => [...form.elements].filter((field) => field.name && !/^(hidden|password|file|submit|button)$/.test(field.type));
  const keep = (form) => {
    if (!form.closest?.("main") || form.method !== "post" || !fields(form).length) return;
    const typed = fields(form).map((field) => [field.name, field.value, field.checked]);
    sessionStorage.setItem("kept", JSON.stringify({ who, at: location.pathname, action: form.getAttribute("action"), typed }));
  };
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) keep(event.target); });
  document.addEventListener("htmx:beforeRequest", (event) => keep(event.target));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) sessionStorage.removeItem("kept"); });

  const put = (form, [name, value, checked]) => {
    const same = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((field) => field.type !== "hidden");
    const ticks = same.filter((field) => /^(radio|checkbox)$/.test(field.type));
    ticks.filter((field) => field.value === value).forEach((field) => { field.checked = checked; });
    if (!ticks.length && same.length) same[0].value = value;
  };
  const restore = (kept) => {
    const form = [...document.forms].find((one) => one.getAttribute("action") === kept.action);
    if (!form) return;
    kept.typed.forEach((entry) => put(form, entry));
    for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    notices.replaceChildren(Object.assign(document.createElement("p"), { className: "notice", textContent: notices.dataset.restored }));
    form.scrollIntoView({ block: "center" });
    window.htmx?.trigger(form, "change");
  };
  window.addEventListener("load", () => {
    const kept = JSON.parse(sessionStorage.getItem("kept") || "null");
    if (!kept) return;
    if (document.querySelector("[data-refused]")) { sessionStorage.setItem("kept", JSON.stringify({ ...kept, refused: true })); return; }
    sessionStorage.removeItem("kept");
    const led = kept.refused || (document.referrer && new URL(document.referrer).pathname === "/login");
    if (led && kept.who === who && kept.at === location.pathname) restore(kept);
  });
})();
