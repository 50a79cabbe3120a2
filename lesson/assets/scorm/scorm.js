/* Reports to a learning platform, by the API of SCORM 1.2, what was watched and answered. If there is no platform, or
   it saves nothing, the page shows a notice, and the report is tried again at the next change.

   The status is "incomplete" until all clips were watched and all questions answered. Only then the score is set, the
   share of questions that were right at the first try: platforms turn an earlier score into "failed" when the page is
   left, even in the middle of a lesson, and some then open the lesson read-only. */
"use strict";

(() => {
  const { Platform, Reload } = window.edgeglowScorm;
  const ENOUGH = 4096; // maximum length of suspend_data, by the standard
  const LETTERS = "abcdefghijklmnopqrstuvwxyz"; // names of choices in a report
  const UNANSWERED = "-";
  const RIGHT = "1";
  const WRONG = "0";

  // -- the learner's record ----------------------------------------------------------------------------------

  const keyOf = (clip, beat) => `${clip}_${beat}`;

  /** Return a short hash of the lesson's clips and questions; positions in saved data are valid only for the same. */
  const signOf = (names) => {
    let sign = 2166136261; // FNV-1a
    for (const letter of names.join(" ")) {
      sign = Math.imul(sign ^ letter.codePointAt(0), 16777619) >>> 0;
    }
    return sign.toString(36);
  };

  /** Record of watched clips and of first answers, saved as one character for each. */
  class Record {
    constructor({ clips, questions, played }) {
      this.clips = [...clips];
      this.played = played; // played parts of clips that are not watched completely
      this.questions = [...questions];
      this.keys = questions.map(({ clip, beat }) => keyOf(clip, beat));
      this.watched = new Set();
      this.first = new Map();
    }

    get text() {
      const watched = this.clips.map((clip) => (this.watched.has(clip) ? RIGHT : UNANSWERED)).join("");
      const first = this.keys.map((key) => this.first.get(key) ?? UNANSWERED).join("");
      const text = [signOf([...this.clips, ...this.keys]), watched, first].join("|");
      const played = this.played?.text ?? "";
      return text.length + played.length < ENOUGH ? `${text}|${played}` : text;
    }

    read(text) {
      const [sign, watched = "", first = "", played = ""] = text.split("|");
      if (sign !== signOf([...this.clips, ...this.keys])) return;
      this.clips.forEach((clip, place) => watched[place] === RIGHT && this.watched.add(clip));
      this.keys.forEach((key, place) => {
        if (first[place] === RIGHT || first[place] === WRONG) this.first.set(key, first[place]);
      });
      this.played?.read(played);
    }

    get isComplete() {
      return this.watched.size === this.clips.length && this.first.size === this.keys.length;
    }

    /** Score from 0 to 100; valid only if there are questions. */
    get score() {
      const right = [...this.first.values()].filter((answer) => answer === RIGHT).length;
      return Math.round((10000 * right) / this.keys.length) / 100;
    }

    get answered() {
      return this.questions
        .filter((_, place) => this.first.has(this.keys[place]))
        .map(({ clip, beat }) => ({ clip, beat, right: this.first.get(keyOf(clip, beat)) === RIGHT }));
    }
  }

  // -- reporting ---------------------------------------------------------------------------------------------

  const two = (number) => String(Math.floor(number)).padStart(2, "0");

  const spanOf = (milliseconds) => {
    const hundredths = Math.round(Math.max(0, milliseconds) / 10);
    const [seconds, minutes, hours] = [hundredths / 100, hundredths / 6000, hundredths / 360000];
    return `${two(hours).padStart(4, "0")}:${two(minutes % 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`;
  };

  const timeOf = (date) => [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");

  /** One visit, from opening the page to leaving it. */
  class Visit {
    constructor(platform, record, restore) {
      Object.assign(this, { platform, record, restore });
      this.untold = []; // answers that are not reported yet
      this.isOver = true;
      this.isKept = false; // whether the platform has saved everything
    }

    get isDone() {
      return ["passed", "failed", "completed"].includes(this.status);
    }

    /** Find the platform (again), and report all that it does not have yet. */
    open() {
      const { platform } = this;
      this.isOver = !platform.begin();
      if (this.isOver) {
        this.isKept = false;
        return;
      }
      // In the modes "browse" and "review" nothing is changed.
      const mode = platform.get("cmi.core.lesson_mode");
      this.isGraded = mode !== "browse" && mode !== "review";
      this.status = platform.get("cmi.core.lesson_status");
      const count = Number.parseInt(platform.get("cmi.interactions._count"), 10);
      this.reported = Number.isNaN(count) ? 0 : count;
      this.keepsAnswers = true;
      const { began } = Reload;
      this.began = (platform.wasOpen && began) || Date.now();
      this.record.read(platform.get("cmi.suspend_data"));
      this.restore({ answered: this.record.answered, watched: [...this.record.watched] });
      if (this.isGraded) platform.set("cmi.core.exit", "suspend");
      this.tell();
    }

    /** Report a change; if it is not saved, open the session again once. */
    changed(clip) {
      if (clip) this.place = clip;
      if (!this.isOver) this.tell();
      if (!this.isKept) this.open();
    }

    tell() {
      this.isKept = true;
      if (!this.isGraded) return;
      this.untold = this.untold.filter((answer) => !this.report(...answer));
      if (this.place) this.platform.set("cmi.core.lesson_location", this.place);
      if (!this.isDone) this.settle();
      this.save();
    }

    watched(clip) {
      if (!this.record.clips.includes(clip)) return;
      this.record.watched.add(clip);
      this.changed(clip);
    }

    answered({ clip, beat, right, choice }) {
      const place = this.record.keys.indexOf(keyOf(clip, beat));
      if (place < 0) return;
      const key = this.record.keys[place];
      if (!this.record.first.has(key)) this.record.first.set(key, right ? RIGHT : WRONG);
      this.untold.push([key, this.record.questions[place], right, choice]);
      this.changed(clip);
    }

    /** Report an answer as an interaction, which not all platforms support. Return whether it was accepted. */
    report(key, question, right, choice) {
      if (!this.keepsAnswers) return false;
      const entry = `cmi.interactions.${this.reported}`;
      if (!this.platform.set(`${entry}.id`, key)) {
        this.keepsAnswers = false;
        return false;
      }
      this.reported += 1;
      this.platform.set(`${entry}.type`, "choice");
      this.platform.set(`${entry}.time`, timeOf(new Date()));
      this.platform.set(`${entry}.correct_responses.0.pattern`, LETTERS[question.right]);
      const chosen = right ? question.right : choice;
      if (Number.isInteger(chosen) && LETTERS[chosen]) {
        this.platform.set(`${entry}.student_response`, LETTERS[chosen]);
      }
      this.platform.set(`${entry}.result`, right ? "correct" : "wrong");
      this.platform.set(`${entry}.weighting`, "1");
      return true;
    }

    /** Set the status, and the score when everything is done. */
    settle() {
      let status = "incomplete";
      if (this.record.isComplete) {
        status = "completed";
        if (this.record.keys.length) {
          const { score } = this.record;
          this.platform.set("cmi.core.score.min", "0");
          this.platform.set("cmi.core.score.max", "100");
          this.platform.set("cmi.core.score.raw", score);
          const needed = Number.parseFloat(this.platform.get("cmi.student_data.mastery_score"));
          if (!Number.isNaN(needed)) status = score >= needed ? "passed" : "failed";
        }
      }
      if (status !== this.status && this.platform.set("cmi.core.lesson_status", status)) this.status = status;
    }

    save() {
      if (this.isOver || !this.isGraded) return;
      const { text } = this.record;
      if (text.length <= ENOUGH) this.platform.set("cmi.suspend_data", text);
      this.platform.set("cmi.core.session_time", spanOf(Date.now() - this.began));
      this.isKept = this.platform.save();
    }

    /** End the visit when the page is left; a reload continues the session. */
    end() {
      if (this.isOver) return;
      this.save();
      this.isOver = true;
      if (Reload.isNow) Reload.began = this.began;
      else this.platform.end();
    }
  }

  // -- the page ----------------------------------------------------------------------------------------------

  /** Notice at the top of the page while results are not saved, in the language of each edition. */
  class Notice {
    constructor() {
      const words = JSON.parse(document.getElementById("scorm-words")?.textContent ?? "{}");
      const editions = [...document.querySelectorAll(".edition")];
      this.notes = (editions.length ? editions : [document.body]).map((place) => {
        const note = Object.assign(document.createElement("p"), { className: "unsaved", hidden: true });
        note.setAttribute("role", "alert");
        place.prepend(note);
        return { note, text: words[place.lang] ?? Object.values(words)[0] ?? "" };
      });
    }

    show(isShown) {
      for (const { note, text } of this.notes) {
        if (note.hidden !== isShown) continue;
        note.hidden = !isShown;
        note.textContent = isShown ? text : "";
      }
    }
  }

  const start = () => {
    const page = window.edgeglow;
    if (!page) return;
    const platform = new Platform();
    const visit = new Visit(platform, new Record(page), (state) => page.restore?.(state));
    const notice = new Notice();
    const after = (deed) => {
      deed();
      notice.show(!visit.isKept);
    };
    after(() => visit.open());
    Reload.listen();
    document.addEventListener("edgeglow:watched", ({ detail }) => after(() => visit.watched(detail.clip)));
    document.addEventListener("edgeglow:answer", ({ detail }) => after(() => visit.answered(detail)));
    document.addEventListener("visibilitychange", () => document.hidden && after(() => visit.save()));
    window.addEventListener("pagehide", () => visit.end());
    // A page may return from the browser's back/forward cache.
    window.addEventListener("pageshow", ({ persisted }) => persisted && after(() => visit.open()));
    const place = visit.isOver ? "" : platform.get("cmi.core.lesson_location");
    if (!window.location.hash && visit.record.clips.indexOf(place) > 0) window.location.replace(`#${place}`);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
