// Files and folders dropped on a [data-drop] go into its file input; sending shows how much has gone over the wire.
"use strict";
(() => {
  const zone = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);
  const over = (event) => {
    const target = zone(event);
    if (target && event.dataTransfer?.types.includes("Files")) { event.preventDefault(); target.classList.add("over"); }
  };
  document.addEventListener("dragenter", over);
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => {
    const left = zone(event);
    if (left && !left.contains(event.relatedTarget)) left.classList.remove("over");
  });

  const children = (folder) => new Promise((done, failed) => {
    const reader = folder.createReader();
    const found = [];
    const more = () => reader.readEntries((some) => { if (some.length) { found.push(...some); more(); } else done(found); }, failed);
    more();
  });
  const filesOf = async (entry) => {
    if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
    return (await Promise.all((await children(entry)).map(filesOf))).flat();
  };
  const dropped = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    return entries.length ? (await Promise.all(entries.map(filesOf))).flat() : [...transfer.files];
  };
  document.addEventListener("drop", async (event) => {
    const target = zone(event);
    if (!target) return;
    event.preventDefault();
    target.classList.remove("over");
    const input = target.querySelector("input[type=file]");
    if (!input) return;
    const kept = new DataTransfer();
    (await dropped(event.dataTransfer)).filter((file) => !file.name.startsWith(".")).forEach((file) => kept.items.add(file));
    input.files = kept.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  const size = (bytes) => (bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`);
  const line = (file) => {
    const item = document.createElement("li");
    [file.webkitRelativePath || file.name, size(file.size)].forEach((text) => {
      item.append(Object.assign(document.createElement("span"), { textContent: text }));
    });
    return item;
  };
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file]")) return;
    const list = document.getElementById(input.dataset.count || "");
    if (list) list.replaceChildren(...[...input.form.querySelectorAll("input[type=file]")].flatMap((i) => [...i.files]).map(line));
    if (input.hasAttribute("data-send") && input.files.length) input.form.requestSubmit();
  });

  // A deliverable belongs to a module: choosing one narrows or sets the other.
  const follower = document.querySelector("select[data-follows]");
  const leader = follower && document.getElementById(follower.dataset.follows);
  const narrow = () => follower.querySelectorAll("optgroup").forEach((group) => { group.hidden = Boolean(leader.value) && group.dataset.of !== leader.value; });
  if (leader) {
    leader.addEventListener("change", () => {
      if (follower.selectedOptions[0]?.parentElement.dataset.of !== leader.value) follower.value = "";
      narrow();
    });
    follower.addEventListener("change", () => {
      const of = follower.selectedOptions[0]?.parentElement.dataset.of;
      if (of) leader.value = of;
    });
    narrow();
  }

  // A module has its usual classification, until one chooses another.
  const closing = document.querySelector("select[data-usual]");
  if (closing) {
    const place = document.getElementById(closing.dataset.usual);
    let touched = false;
    closing.addEventListener("change", () => { touched = true; });
    closing.form.addEventListener("change", () => {
      const usual = place.selectedOptions[0]?.dataset.usual;
      if (usual && !touched) closing.value = usual;
    });
  }

  const send = (form, meter) => {
    const request = new XMLHttpRequest();
    const [bar, said] = meter.children;
    meter.hidden = false;
    request.upload.addEventListener("progress", (event) => {
      const part = Math.floor((event.loaded / event.total) * 100);
      bar.value = part;
      said.textContent = form.dataset.progress.replace("{n}", part);
    });
    request.addEventListener("load", () => {
      if (request.status < 300) { location.assign(request.responseURL); return; }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      document.querySelector("main").replaceWith(answer.querySelector("main"));
    });
    request.addEventListener("error", () => { form.querySelector("button[type=submit]").disabled = false; said.textContent = form.dataset.failed; });
    request.open("POST", form.action);
    request.send(new FormData(form));
    form.querySelector("button[type=submit]").disabled = true;
  };
  document.addEventListener("submit", (event) => {
    const meter = event.target.querySelector?.(".upload-line");
    if (!meter || !event.target.dataset.progress) return;
    event.preventDefault();
    send(event.target, meter);
  });
})();
