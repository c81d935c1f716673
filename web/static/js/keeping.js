// What one types is not lost: a form waits for its own autosave, and a request that fails says so.
"use strict";
(() => {
  // Sent while an autosave is under way, a card would seem to come from another window.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.classList.contains("htmx-request") || form.matches("[data-live]")) return;
    event.preventDefault();
    form.addEventListener("htmx:afterRequest", () => form.requestSubmit(event.submitter), { once: true });
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
})();
