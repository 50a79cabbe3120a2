/* Tells a learning platform, by the API of SCORM 1.2, what was watched and answered. Where there is none, it is silent.

   The platform sees "incomplete" until all clips were watched and all questions answered. Only then the score is set,
   the share of questions that were right at the first try: platforms turn a score into "failed" when the page is
   left, even of a lesson half done, and some then open it for reading only. */
"use strict";

(() => {
  const NESTED_AT_MOST = 32; // windows, one in the other
  const ENOUGH = 4096; // characters of suspend_data, by the standard
  const LETTERS = "abcdefghijklmnopqrstuvwxyz"; // how choices are called in a report
  const UNANSWERED = "-";
  const RIGHT = "1";
  const WRONG = "0";

  // -- the platform ------------------------------------------------------------------------------------------

  const apiOf = (place) => {
    try {
      const api = place.API;
      return api && typeof api.LMSInitialize !== "undefined" ? api : null;
    } catch {
      return null; // a window of another origin
    }
  };

  const findAbove = (start) => {
    let place = start;
    for (let depth = 0; depth < NESTED_AT_MOST; depth += 1) {
      const api = apiOf(place);
      if (api) return api;
      let above;
      try {
        above = place.parent;
      } catch {
        return null;
      }
      if (!above || above === place) return null;
      place = above;
    }
    return null;
  };

  const findApi = () => {
    const near = findAbove(window);
    if (near) return near;
    const top = (() => {
      try {
        return window.top.opener || window.opener;
      } catch {
        return window.opener;
      }
    })();
    return top ? findAbove(top) : null;
  };

  /** The API, with every call guarded: a platform that fails must not stop the lesson. */
  class Platform {
    constructor(api) {
      this.api = api;
    }

    call(name, ...values) {
      try {
        return String(this.api[name](...values));
      } catch {
        return "";
      }
    }

    begin() {
      return this.call("LMSInitialize", "") === "true";
    }

    get(element) {
      const value = this.call("LMSGetValue", element);
      return value === "null" || value === "undefined" ? "" : value;
    }

    set(element, value) {
      return this.call("LMSSetValue", element, String(value)) === "true";
    }

    save() {
      return this.call("LMSCommit", "") === "true";
    }

    end() {
      return this.call("LMSFinish", "") === "true";
    }
  }

  // -- what was done -----------------------------------------------------------------------------------------

  const keyOf = (clip, beat) => `${clip}_${beat}`;

  /** A short sign of which clips and questions there are: places in what was kept mean nothing in another lesson. */
  const signOf = (names) => {
    let sign = 2166136261; // FNV-1a
    for (const letter of names.join(" ")) {
      sign = Math.imul(sign ^ letter.codePointAt(0), 16777619) >>> 0;
    }
    return sign.toString(36);
  };

  /** Which clips were watched, and how each question was answered the first time: for each a character. */
  class Record {
    constructor(clips, questions) {
      this.clips = clips;
      this.questions = questions;
      this.keys = questions.map(({ clip, beat }) => keyOf(clip, beat));
      this.watched = new Set();
      this.first = new Map();
    }

    get text() {
      const watched = this.clips.map((clip) => (this.watched.has(clip) ? RIGHT : UNANSWERED)).join("");
      const first = this.keys.map((key) => this.first.get(key) ?? UNANSWERED).join("");
      return [signOf([...this.clips, ...this.keys]), watched, first].join("|");
    }

    read(text) {
      const [sign, watched = "", first = ""] = text.split("|");
      if (sign !== signOf([...this.clips, ...this.keys])) return;
      this.clips.forEach((clip, place) => watched[place] === RIGHT && this.watched.add(clip));
      this.keys.forEach((key, place) => {
        if (first[place] === RIGHT || first[place] === WRONG) this.first.set(key, first[place]);
      });
    }

    get isComplete() {
      return this.watched.size === this.clips.length && this.first.size === this.keys.length;
    }

    /** From 0 to 100; only where there are questions. */
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

  // -- telling it --------------------------------------------------------------------------------------------

  const two = (number) => String(Math.floor(number)).padStart(2, "0");

  const spanOf = (milliseconds) => {
    const hundredths = Math.round(Math.max(0, milliseconds) / 10);
    const [seconds, minutes, hours] = [hundredths / 100, hundredths / 6000, hundredths / 360000];
    return `${two(hours).padStart(4, "0")}:${two(minutes % 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`;
  };

  const timeOf = (date) => [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");

  /** One visit: from when the page was opened to when it is left. */
  class Visit {
    constructor(platform, record) {
      this.platform = platform;
      this.record = record;
      this.began = Date.now();
      this.isOver = false;
      // Who only looks again at what is done, or looks for others, changes nothing.
      const mode = platform.get("cmi.core.lesson_mode");
      this.isGraded = mode !== "browse" && mode !== "review";
      this.status = platform.get("cmi.core.lesson_status");
      const count = Number.parseInt(platform.get("cmi.interactions._count"), 10);
      this.reported = Number.isNaN(count) ? 0 : count;
      this.keepsAnswers = true;
      record.read(platform.get("cmi.suspend_data"));
    }

    get isDone() {
      return ["passed", "failed", "completed"].includes(this.status);
    }

    begin() {
      if (!this.isGraded) return;
      if (!this.isDone) this.settle();
      this.platform.set("cmi.core.exit", "suspend");
      this.save();
    }

    watched(clip) {
      if (this.isOver || !this.record.clips.includes(clip)) return;
      this.record.watched.add(clip);
      this.changed(clip);
    }

    answered({ clip, beat, right, choice }) {
      const place = this.record.keys.indexOf(keyOf(clip, beat));
      if (this.isOver || place < 0) return;
      const key = this.record.keys[place];
      if (!this.record.first.has(key)) this.record.first.set(key, right ? RIGHT : WRONG);
      if (this.isGraded) this.report(key, this.record.questions[place], right, choice);
      this.changed(clip);
    }

    /** An answer, as one more entry of the platform's journal; not all of them keep one. */
    report(key, question, right, choice) {
      if (!this.keepsAnswers) return;
      const entry = `cmi.interactions.${this.reported}`;
      if (!this.platform.set(`${entry}.id`, key)) {
        this.keepsAnswers = false;
        return;
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
    }

    changed(clip) {
      if (!this.isGraded) return;
      this.platform.set("cmi.core.lesson_location", clip);
      const text = this.record.text;
      if (text.length <= ENOUGH) this.platform.set("cmi.suspend_data", text);
      if (!this.isDone) this.settle();
      this.save();
    }

    /** Say how far it is, and when all is done, how well it went. */
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
      if (this.isOver) return;
      this.platform.set("cmi.core.session_time", spanOf(Date.now() - this.began));
      this.platform.save();
    }

    end() {
      if (this.isOver) return;
      this.save();
      this.isOver = true;
      this.platform.end();
    }
  }

  // -- the page ----------------------------------------------------------------------------------------------

  const start = () => {
    const page = window.edgeglow;
    const api = page ? findApi() : null;
    if (!api) return;
    const platform = new Platform(api);
    if (!platform.begin()) return;
    const visit = new Visit(platform, new Record([...page.clips], [...page.questions]));
    visit.begin();
    document.addEventListener("edgeglow:watched", ({ detail }) => visit.watched(detail.clip));
    document.addEventListener("edgeglow:answer", ({ detail }) => visit.answered(detail));
    document.addEventListener("visibilitychange", () => document.hidden && visit.save());
    window.addEventListener("pagehide", () => visit.end());
    const { record } = visit;
    page.restore?.({ answered: record.answered, watched: [...record.watched] });
    const place = platform.get("cmi.core.lesson_location");
    if (!window.location.hash && record.clips.indexOf(place) > 0) window.location.replace(`#${place}`);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
