/* A clip: its transcript follows it, its questions stop it, and it tells when it was watched. */
"use strict";

const EARLY = 0.04; // seconds: a clip stops on the last picture of a beat, not on the first of the next
const AFTER = 0.001; // seconds by which a jump lands behind its moment: never on the picture before
const SAME = 0.06; // moments nearer than this are the same: a jump to where a question stands does not pass it
const UNSEEN = 0.5; // seconds of a clip that may be missing where all of it was played
const HASTE = 0.1; // seconds that a film may be ahead of the clock between two looks
const TOUCHING = 0.0005; // of a clip, between two parts that are one
const Settings = { stops: true, keys: true };

class Player {
  constructor(root, data, words, template) {
    this.root = root;
    this.slug = root.dataset.clip;
    this.video = root.querySelector("video");
    this.box = root.querySelector(".box");
    this.asking = root.querySelector(".asking");
    this.questions = data.questions.map((one) => new Question(this.slug, one, words, template, this.asking));
    this.passed = 0; // the moment up to which was looked for questions
    this.open = null; // the question that is shown
    this.played = new Played(this);
    this.sentences = [...root.querySelectorAll(".sentences [data-start]")].map((item) => this.linked(item));
    for (const item of root.querySelectorAll(".sentences [data-beat]")) this.offer(item);
    this.listen();
  }

  // -- the transcript ----------------------------------------------------------------------------------------

  /** Make a button of a sentence, which jumps to its moment. */
  linked(item) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "sentence" });
    button.append(...item.childNodes);
    item.append(button);
    const sentence = { button, start: Number(item.dataset.start), end: Number(item.dataset.end) };
    button.addEventListener("click", () => this.jump(sentence.start));
    return sentence;
  }

  /** Make a button of a question, which asks it. */
  offer(item) {
    const question = this.questions.find(({ beat }) => beat === item.dataset.beat);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "ask" });
    const mark = Object.assign(document.createElement("span"), { className: "done", hidden: true });
    mark.dataset.answered = keyOf(this.slug, question.beat);
    mark.textContent = `✓ ${question.words.answered}`;
    button.append(item.querySelector("summary").textContent, " ", mark);
    item.replaceChildren(button);
    button.addEventListener("click", () => this.ask(question));
  }

  jump(seconds) {
    if (this.open) this.open.leave(false, this.video);
    this.seek(seconds + AFTER);
    this.play();
  }

  /** Mark the sentence that is said; its box moves, and the page does not. */
  follow() {
    const now = this.video.currentTime;
    const said = this.sentences.filter(({ start }) => start <= now + AFTER).at(-1);
    if (said === this.said) return;
    this.said?.button.removeAttribute("aria-current");
    this.said = said;
    if (!said) return;
    said.button.setAttribute("aria-current", "true");
    const item = said.button.getBoundingClientRect();
    const box = this.box.getBoundingClientRect();
    if (item.top < box.top || item.bottom > box.bottom) this.box.scrollTop += item.top - box.top - box.height / 3;
  }

  // -- the clip ----------------------------------------------------------------------------------------------

  listen() {
    const { video } = this;
    video.addEventListener("play", () => this.began());
    video.addEventListener("timeupdate", () => this.look());
    video.addEventListener("seeking", () => {
      this.passed = video.currentTime + SAME;
      this.follow();
    });
    video.addEventListener("ended", () => this.ended());
  }

  began() {
    for (const other of Player.all) if (other !== this) other.video.pause();
    Player.current = this;
    if (this.open) this.open.leave(false, this.video); // who plays it on does not want to be asked
    const watch = () => {
      if (this.video.paused) return;
      this.look();
      requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  }

  /** Has the clip come to a question since the last look? */
  look() {
    this.follow();
    this.played.look();
    const { video } = this;
    if (video.paused || video.seeking) return;
    const now = video.currentTime + EARLY;
    this.stopAt(now);
    this.passed = Math.max(this.passed, now);
  }

  stopAt(now) {
    if (!Settings.stops || this.open) return;
    const due = this.questions.find(({ isPassed, at }) => !isPassed && at > this.passed && at <= now);
    if (!due) return;
    this.ask(due);
    if (this.video.currentTime >= due.at && !this.video.ended) this.seek(due.at - EARLY); // the browser was late
  }

  ended() {
    this.played.look();
    this.stopAt(Infinity);
  }

  ask(question) {
    const { video } = this;
    const wasPlaying = !video.paused && !video.ended;
    video.pause();
    if (this.open) this.open.leave(false, video);
    const filled = this.leaveFullScreen();
    this.open = question;
    question.open((goesOn) => {
      this.open = null;
      if (!goesOn) return;
      if (filled) fill(this.root.querySelector(".player"));
      if (wasPlaying) this.play();
    });
    this.asking.onclick = ({ target }) => {
      if (target.closest(".go-on")) question.leave(true, video);
    };
  }

  /** A film that fills the screen hides all else. Returns whether one did. */
  leaveFullScreen() {
    if (document.fullscreenElement !== this.video) return false;
    document.exitFullscreen().catch(() => {});
    return true;
  }

  play() {
    Player.current = this;
    Player.prepare(this.video);
    this.video.play().catch(() => {}); // it was stopped before it began
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  seek(seconds) {
    const { video } = this;
    Player.prepare(video);
    if (video.readyState > 0) {
      video.currentTime = Math.min(Math.max(0, seconds), video.duration);
      return;
    }
    video.preload = "auto";
    video.addEventListener("loadedmetadata", () => this.seek(seconds), { once: true });
    video.load();
  }

  step(seconds) {
    this.seek(this.video.currentTime + seconds);
  }

  toggleCaptions() {
    const captions = [...this.video.textTracks].filter(({ kind }) => kind === "captions");
    const shown = captions.filter(({ mode }) => mode === "showing");
    if (shown.length) {
      this.usual = shown[0];
      for (const track of shown) track.mode = "disabled";
    } else {
      const own = captions.find(({ language }) => language === this.root.closest("[lang]").lang);
      const track = this.usual ?? own ?? captions[0];
      if (track) track.mode = "showing";
    }
  }
}

Player.all = [];
Player.current = null;
Player.prepare = () => {}; // a page that holds its films itself gives one its source here

/** What of a film was really played, in one visit or in several: what was dragged over is not. */
class Played {
  constructor(player) {
    Object.assign(this, { slug: player.slug, stops: player.questions.length, video: player.video, last: null });
  }

  get parts() {
    return Played.all.get(this.slug) ?? [];
  }

  /** No more was played since the last look than time has passed; what is more was jumped over. */
  look() {
    const { video, last } = this;
    const { currentTime, playbackRate, seeking } = video;
    const clock = performance.now() / 1000;
    this.last = seeking ? null : { currentTime, clock };
    if (seeking || !last || currentTime <= last.currentTime) return;
    if (currentTime - last.currentTime > (clock - last.clock) * playbackRate + HASTE) return;
    const part = [last.currentTime, currentTime].map((seconds) => seconds / video.duration);
    Played.all.set(this.slug, joined([...this.parts, part]));
    const played = this.parts.reduce((sum, [start, end]) => sum + end - start, 0);
    const missing = (1 - played) * video.duration;
    if (missing < UNSEEN + this.stops * 2 * EARLY) Progress.watch(this.slug);
  }

  /** All that was played of films that were not played to their ends, for a next visit: "pixels:0-0.42,0.6-0.8". */
  static get text() {
    const partly = [...Played.all].filter(([slug]) => !Progress.watched.has(slug));
    const written = (share) => String(Math.round(share * 10_000) / 10_000);
    return partly.map(([slug, parts]) => `${slug}:${parts.map((part) => part.map(written).join("-"))}`).join(";");
  }

  static read(text) {
    for (const [, slug, parts] of text.matchAll(/([\w-]+):([\d.,-]+)/g)) {
      const found = parts.split(",").map((part) => part.split("-").map(Number));
      const fine = found.filter(([start, end]) => start >= 0 && end > start && end <= 1);
      Played.all.set(slug, joined([...(Played.all.get(slug) ?? []), ...fine]));
    }
  }
}

Played.all = new Map(); // by slug: parts that do not touch, as shares of a clip: its length differs with the language

const joined = (parts) => {
  const whole = [];
  for (const [start, end] of parts.sort(([one], [other]) => one - other)) {
    const last = whole.at(-1);
    if (last && start <= last[1] + TOUCHING) last[1] = Math.max(last[1], end);
    else whole.push([start, end]);
  }
  return whole;
};

const fill = (element) => {
  element.requestFullscreen?.().catch(() => {});
};
