// What one types is not lost: a form waits for its own autosave.
"use strict";
(() => {
  // Sent while an autosave is under way, a card would seem to come from another window.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.classList.contains("htmx-request") || form.matches("[data-live]")) return;
    event.preventDefault();
    form.addEventListener("htmx:afterRequest", () => form.requestSubmit(event.submitter), { once: true });
  });
})();
