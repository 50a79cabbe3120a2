/* Progress: what was watched and answered. It is shown, saved in this browser, and sent as events of the document. */
"use strict";

const keyOf = (clip, beat) => `${clip}/${beat}`;

const Progress = {
  answered: new Map(), // by key: the first choice, whether it was right, the number of tries, and the time
  watched: new Set(), // slugs
  place: null, // storage key; null if a learning platform saves the progress

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

  /** Restore the progress saved by a learning platform, without sending events. It replaces the progress in this
      browser, which may belong to somebody else. */
  restore({ answered = [], watched = [] }) {
    this.place = null;
    for (const part of document.querySelectorAll(".kept-here")) part.hidden = true;
    this.clear();
    for (const { clip, beat, right } of answered) this.answered.set(keyOf(clip, beat), { right, tries: 1 });
    for (const clip of watched) this.watched.add(clip);
    this.show();
  },

  // -- saved in this browser -----------------------------------------------------------------------------------

  /** Restore the progress of this run's lesson, and follow changes in other windows. */
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
      // invalid data are ignored
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
      this.read(); // merges what another window has added
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

  // -- display -------------------------------------------------------------------------------------------------

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
