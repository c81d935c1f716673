// Comfort on top of pages that work without it: keys, Chinese input methods, dropping files, copying a citation.
"use strict";
(() => {
  const ask = document.getElementById("ask");
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", (event) => {
    composing = false;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:confirm", (event) => { if (composing) event.preventDefault(); });

  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName || "");
  const hits = () => [...document.querySelectorAll(".hit")];
  const move = (step) => {
    const list = hits();
    if (!list.length) return;
    const next = Math.max(0, Math.min(list.length - 1, list.findIndex((h) => h.classList.contains("at")) + step));
    list.forEach((h, n) => h.classList.toggle("at", n === next));
    list[next].querySelector("a")?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing()) { event.preventDefault(); ask?.focus(); ask?.select(); }
    else if (event.key === "Escape" && typing()) document.activeElement.blur();
    else if (event.key === "Escape" && document.body.classList.contains("reading")) history.back();
    else if ((event.key === "ArrowDown" || (event.key === "j" && !typing())) && hits().length) { event.preventDefault(); move(1); }
    else if ((event.key === "ArrowUp" || (event.key === "k" && !typing())) && hits().length) { event.preventDefault(); move(-1); }
    else if ((event.key === "n" || event.key === "p") && !typing()) document.querySelector(event.key === "n" ? "a[rel=next]" : "a[rel=prev]")?.click();
  });

  // Files dropped on a form's [data-drop] go into its file input; a form that asks for it is sent at once.
  const zone = (event) => event.target instanceof Element ? event.target.closest("[data-drop]") : null;
  ["dragover", "dragenter"].forEach((kind) => document.addEventListener(kind, (event) => {
    const over = zone(event);
    if (over) { event.preventDefault(); over.classList.add("over"); }
  }));
  document.addEventListener("dragleave", (event) => { const left = zone(event); if (left && !left.contains(event.relatedTarget)) left.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    const target = zone(event);
    if (!target) return;
    event.preventDefault();
    target.classList.remove("over");
    const input = target.querySelector("input[type=file]");
    if (!input) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    if (input.hasAttribute("data-send")) input.form.requestSubmit();
  });
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches?.("input[type=file][data-count]")) {
      const label = document.getElementById(input.dataset.count);
      if (label) label.textContent = [...input.files].map((f) => f.name).join("、");
    }
    if (input.matches?.("input[type=file][data-send]") && input.files.length) input.form.requestSubmit();
    if (input.closest?.("form[data-live]") && !window.htmx) input.form.requestSubmit();
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.done;
  });
  document.querySelector(".here")?.scrollIntoView({ block: "center" });
})();
