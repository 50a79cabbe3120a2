/* What was watched and answered: told to whoever listens at the document, shown, and kept in this browser. */
"use strict";

const keyOf = (clip, beat) => `${clip}/${beat}`;

const Progress = {
  answered: new Map(), // by key: the first answer and whether it was right, how often it was tried, and when
  watched: new Set(), // slugs
  place: null, // the name that it is kept by; none where a learning platform keeps it

  answer(clip, beat, choice, right) {
    const key = keyOf(clip, beat);
    const before = this.answered.get(key);
    const at = new Date().toISOString();
    this.answered.set(key, before ? { ...before, tries: before.tries + 1 } : { choice, right, tries: 1, at });
    this.changed();
    this.tell("answer", { clip, beat, right, first: !before, choice });
  },

  watch(clip) {
    if (this.watched.has(clip)) return;
    this.watched.add(clip);
    this.changed();
    this.tell("watched", { clip });
  },

  /** Go on from what a learning platform knows, which is told to nobody again. It alone counts from now on: what this
      browser keeps may be somebody else's. */
  restore({ answered = [], watched = [] }) {
    this.place = null;
    for (const part of document.querySelectorAll(".kept-here")) part.hidden = true;
    this.clear();
    for (const { clip, beat, right } of answered) this.answered.set(keyOf(clip, beat), { right, tries: 1 });
    for (const clip of watched) this.watched.add(clip);
    this.show();
  },

  // -- kept in this browser ------------------------------------------------------------------------------------

  /** Go on from what was done with the lesson of this run before. Another window may have it open, too. */
  begin(run) {
    this.place = `progress.${run}`;
    this.read();
    window.addEventListener("storage", ({ key }) => {
      if (this.place === null || (key !== null && key !== `edgeglow.${this.place}`)) return;
      this.clear();
      this.read();
      this.show();
    });
  },

  read() {
    let kept = null;
    try {
      kept = JSON.parse(Kept.get(this.place));
    } catch {
      // somebody wrote something else there
    }
    const { watched, answered } = kept ?? {};
    if (Array.isArray(watched)) for (const clip of watched) this.watched.add(String(clip));
    for (const [key, answer] of Object.entries(answered ?? {})) {
      if (typeof answer?.right === "boolean" && !this.answered.has(key)) {
        this.answered.set(key, { ...answer, tries: Number(answer.tries) || 1 });
      }
    }
  },

  changed() {
    if (this.place !== null) {
      this.read(); // what another window has added meanwhile
      const kept = { watched: [...this.watched], answered: Object.fromEntries(this.answered) };
      Kept.set(this.place, JSON.stringify(kept));
    }
    this.show();
  },

  clear() {
    this.answered.clear();
    this.watched.clear();
  },

  forget() {
    this.clear();
    if (this.place !== null) Kept.remove(this.place);
    this.show();
  },

  // -- shown ---------------------------------------------------------------------------------------------------

  show() {
    for (const mark of document.querySelectorAll("[data-watched]")) {
      mark.hidden = !this.watched.has(mark.dataset.watched);
    }
    for (const mark of document.querySelectorAll("[data-answered]")) {
      mark.hidden = !this.answered.has(mark.dataset.answered);
    }
    for (const line of document.querySelectorAll("[data-progress]")) {
      const { clips, questions } = window.edgeglow;
      const counts = {
        watched: clips.filter((clip) => this.watched.has(clip)).length,
        clips: clips.length,
        right: questions.filter(({ clip, beat }) => this.answered.get(keyOf(clip, beat))?.right).length,
        questions: questions.length,
      };
      line.textContent = line.dataset.progress.replace(/{(\w+)}/g, (_, name) => counts[name]);
    }
  },

  tell(name, detail) {
    document.dispatchEvent(new CustomEvent(`edgeglow:${name}`, { detail }));
  },
};
