// Comfort on top of pages that work without it: keys, Chinese input methods, results as you type, copying a citation.
"use strict";
(() => {
  const ask = document.getElementById("ask");

  // While an input method composes, nothing is asked; what it ends with is asked once.
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", (event) => {
    composing = false;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:confirm", (event) => { if (composing) event.preventDefault(); });

  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName || "");
  const inSearchBox = () => document.activeElement?.type === "search";
  const hits = () => [...document.querySelectorAll(".hit")];
  const move = (step) => {
    const list = hits();
    const now = list.findIndex((hit) => hit.classList.contains("at"));
    if (now === 0 && step < 0) { list[0].classList.remove("at"); ask?.focus(); return; }
    const next = Math.min(list.length - 1, Math.max(0, now + step));
    list.forEach((hit, n) => hit.classList.toggle("at", n === next));
    list[next].querySelector("a")?.focus();
    list[next].scrollIntoView({ block: "nearest" });
  };
  const follow = (rel) => document.querySelector(`a[rel=${rel}]`)?.click();
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.ctrlKey || event.metaKey || event.altKey) return;
    const free = !typing();
    const steps = { ArrowDown: 1, ArrowUp: -1, ...(free ? { j: 1, k: -1 } : {}) };
    if (event.key === "/" && free) { event.preventDefault(); ask?.focus(); ask?.select(); }
    else if (event.key === "Escape" && !free) document.activeElement.blur();
    else if (event.key === "Escape") document.querySelector("a[data-back]")?.click();
    else if (steps[event.key] && hits().length && (free || inSearchBox())) { event.preventDefault(); move(steps[event.key]); }
    else if (event.key === "n" && free) follow("next");
    else if (event.key === "p" && free) follow("prev");
  });

  // A form that narrows as one clicks goes through htmx; without htmx it is sent whole.
  document.addEventListener("change", (event) => {
    if (event.target.closest?.("form[data-live]") && !window.htmx) event.target.form.requestSubmit();
  });
  // A question that is sent on the page of results keeps its filters, as one that is typed does.
  document.addEventListener("submit", (event) => {
    const live = document.querySelector("form[data-live]");
    if (!live || !window.htmx || !event.target.matches("form.ask") || !ask.value.trim()) return;
    event.preventDefault();
    window.htmx.trigger(live, "change");
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.replace(/\s+/g, " ").trim());
      button.querySelector("span").textContent = button.dataset.done;
    }
    document.querySelectorAll("details.me[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
  // A page that cannot be drawn says so where its picture would stand.
  document.querySelectorAll("img[data-failed]").forEach((image) => {
    const say = () => {
      const told = Object.assign(document.createElement("p"), { className: "hint", textContent: image.dataset.failed });
      image.closest("a").replaceWith(told);
    };
    if (image.complete && !image.naturalWidth) say(); else image.addEventListener("error", say);
  });
  if (!location.hash) document.querySelector(".here")?.scrollIntoView({ block: "center" });
})();
