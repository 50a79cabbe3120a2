/* Code for teachers to copy: by kind of page, with the address of their folder. */
"use strict";

const Sharing = {
  /** Address of this page's folder on a web server, or null if the page is a local file. */
  get own() {
    return /^https?:$/.test(location.protocol) ? new URL(".", location.href).href.replace(/\/$/, "") : null;
  },

  begin(words) {
    for (const panel of document.querySelectorAll(".sharing .panel")) {
      const kind = panel.querySelector(".kind");
      kind.addEventListener("change", () => this.choose(kind.value));
      panel.querySelector(".base").addEventListener("input", ({ target }) => this.fill(target.value, target));
      panel.querySelector(".copy").addEventListener("click", () => this.copy(panel, words));
    }
    this.choose(Kept.get("kind"));
    const base = Kept.get("base") ?? this.own;
    if (base) this.fill(base);
  },

  /** Set the kind of page for all clips. */
  choose(value) {
    for (const kind of document.querySelectorAll(".sharing .kind")) {
      if ([...kind.options].some((option) => option.value === value)) kind.value = value;
      for (const snippet of kind.closest(".panel").querySelectorAll(".snippet")) {
        snippet.hidden = snippet.dataset.kind !== kind.value;
      }
    }
    if (value) Kept.set("kind", value);
  },

  fill(text, source = null) {
    const base = encodeURI(text.trim()).replaceAll("'", "%27").replace(/%25([0-9a-f]{2})/gi, "%$1").replace(/\/+$/, "");
    for (const field of document.querySelectorAll(".sharing .base")) if (field !== source) field.value = text;
    for (const block of document.querySelectorAll(".snippet pre")) {
      block.firstElementChild.textContent = block.dataset.template.replaceAll("{base}", base || ".");
    }
    if (source) Kept.set("base", text);
  },

  async copy(panel, words) {
    const code = panel.querySelector(".snippet:not([hidden]) code");
    const done = (await onClipboard(code.textContent)) || this.selected(code);
    const { copied, uncopied } = words[panel.closest(".edition").lang];
    panel.querySelector(".copied").textContent = done ? copied : uncopied;
  },

  /** Copy by the old API; it leaves the code selected, to be copied by hand if it fails, too. */
  selected(code) {
    window.getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  },
};
