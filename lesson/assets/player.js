/* A clip: its transcript follows it, its questions stop it, and it tells when it was watched. */
"use strict";

// Seconds by which a clip is stopped before its moment at least, and at most: browsers may show some more pictures, and
// more of them where they are slow.
const EARLY = 0.06;
const EARLIEST = 0.25;
const BEFORE = 0.008; // a moment so many seconds before a beat's end is in its last picture: half of one at 60 a second
const AFTER = 0.001; // seconds by which a jump lands behind its moment: never on the picture before
const SAME = 0.06; // moments nearer than this are the same: a jump to where a question stands does not pass it
const Settings = { stops: true, keys: true };

class Player {
  constructor(root, data, words, template) {
    this.root = root;
    this.slug = root.dataset.clip;
    this.video = root.querySelector("video");
    this.box = root.querySelector(".box");
    this.asking = root.querySelector(".asking");
    this.words = words;
    this.questions = data.questions.map((one) => new Question(this.slug, one, words, template, this.asking));
    for (const question of this.questions) question.changed = () => this.cover();
    this.passed = 0; // the moment up to which was looked for questions
    this.open = null; // the question that is shown
    this.wanted = null; // the moment to go to as soon as enough is loaded
    this.looked = 0; // the moment at which that was done
    this.played = new Played(this);
    this.sentences = [...root.querySelectorAll(".sentences [data-start]")].map((item) => this.linked(item));
    for (const item of root.querySelectorAll(".sentences [data-beat]")) this.offer(item);
    this.controls = new Controls(this, data.told);
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
    this.leave();
    this.seek(seconds + AFTER);
    this.play();
  }

  /** Take the question away that is shown. It stays to be answered, and is asked again, unless it is skipped. */
  leave() {
    this.open?.leave(false, this.controls.play);
  }

  /** While a question is to be answered, nothing that comes after its moment is to be read or seen beside it. */
  cover() {
    const isHeld = ({ isPending }) => isPending && (Settings.stops || this.open);
    const from = Math.min(...this.questions.filter(isHeld).map(({ at }) => at)) - SAME; // Infinity where there are none
    const covered = [...this.root.querySelectorAll("[data-start], [data-tells]")].filter((item) => {
      const isCovered = Number(item.dataset.start ?? Infinity) >= from && from < Infinity;
      item.toggleAttribute("data-covered", isCovered);
      item.inert = isCovered;
      return isCovered;
    });
    this.veil ??= Object.assign(document.createElement("li"), { className: "veil", textContent: this.words.covered });
    const first = covered.find((item) => item.matches(".sentences > li"));
    if (first) first.before(this.veil);
    else this.veil.remove();
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

  /** As if nothing had been asked yet. */
  forget() {
    this.leave();
    Played.all.delete(this.slug);
    for (const question of this.questions) Object.assign(question, { isPending: false, isSkipped: false });
    this.cover();
  }

  // -- the clip ----------------------------------------------------------------------------------------------

  listen() {
    const { video } = this;
    video.addEventListener("play", () => this.began());
    video.addEventListener("timeupdate", () => this.look());
    video.addEventListener("seeking", () => this.sought());
    video.addEventListener("ended", () => this.ended());
  }

  /** Who goes past a question that is to be answered does not want to be asked. */
  sought() {
    const now = this.video.currentTime;
    this.passed = now + SAME;
    this.looked = now;
    for (const question of this.questions) {
      if (!question.isPending || now <= question.at + SAME) continue;
      question.skip();
      if (question === this.open) this.leave();
    }
    this.follow();
  }

  began() {
    for (const other of Player.all) if (other !== this) other.video.pause();
    Player.current = this;
    this.open?.skip(); // who plays it on does not want to be asked
    this.leave();
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
    const pace = 2 * (video.currentTime - this.looked); // from look to look
    this.looked = video.currentTime;
    const now = video.currentTime + Math.min(Math.max(EARLY, pace), EARLIEST);
    this.stopAt(now);
    this.passed = Math.max(this.passed, now);
  }

  stopAt(now) {
    if (!Settings.stops || this.open) return;
    const due = this.questions.find(({ isPassed, at }) => !isPassed && at > this.passed && at <= now);
    if (!due) return;
    this.played.stop(due.at);
    this.ask(due);
    // Some browsers go on for a picture after they were told to stop, and it may show the answer.
    if (!this.video.ended) this.seek(due.at - BEFORE);
  }

  ended() {
    this.played.look();
    this.stopAt(Infinity);
  }

  ask(question) {
    const { video } = this;
    const wasPlaying = !video.paused && !video.ended;
    video.pause();
    this.leave();
    const filled = this.leaveFullScreen();
    this.open = question;
    question.open((goesOn) => {
      this.open = null;
      this.cover();
      if (!goesOn) return;
      if (filled) fill(this.root.querySelector(".player"));
      if (wasPlaying) this.play();
    });
    this.asking.onclick = ({ target }) => {
      if (!target.closest(".go-on")) return;
      question.skip();
      question.leave(true, this.controls.play);
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

  /** Where it is, or will be when enough of it is loaded. */
  get now() {
    return this.wanted ?? this.video.currentTime;
  }

  seek(seconds) {
    const { video } = this;
    Player.prepare(video);
    if (video.readyState > 0) {
      this.wanted = null;
      video.currentTime = Math.min(Math.max(0, seconds), video.duration);
      return;
    }
    const isAsked = this.wanted != null;
    this.wanted = Math.max(0, seconds);
    if (isAsked) return;
    video.preload = "auto";
    video.addEventListener("loadedmetadata", () => this.seek(this.wanted), { once: true });
    video.load();
  }

  step(seconds) {
    this.seek(this.now + seconds);
  }

  // -- in another language -------------------------------------------------------------------------------------

  /** Go on where the same clip was left in another language: at the same sentence, with the same question. */
  adopt(other, isPlaying) {
    if (!other.open && !other.now) return;
    for (const question of this.questions) {
      const same = other.questions.find(({ beat }) => beat === question.beat);
      if (same) Object.assign(question, { isPending: same.isPending, isSkipped: same.isSkipped });
    }
    const { open } = other;
    const given = open?.given;
    other.leave();
    this.seek(this.momentLike(other, other.now));
    const question = open && this.questions.find(({ beat }) => beat === open.beat);
    if (question) this.ask(question);
    if (question && given !== null) question.conclude(given);
    this.cover();
    if (isPlaying) this.play();
  }

  /** The moment of this clip that is like one of the other's: as far in the same sentence. */
  momentLike(other, moment) {
    const number = other.sentences.findLastIndex(({ start }) => start <= moment);
    const [theirs, own] = [other.sentences[number], this.sentences[number]];
    if (!theirs || !own) return Math.min(moment, this.sentences[0]?.start ?? moment);
    const share = (moment - theirs.start) / (theirs.end - theirs.start);
    if (share <= 1) return own.start + share * (own.end - own.start);
    return Math.min(own.end + moment - theirs.end, (this.sentences[number + 1]?.start ?? Infinity) - BEFORE);
  }
}

Player.all = [];
Player.current = null;
Player.prepare = () => {}; // a page that holds its films itself gives one its source here

/** Let an element fill the screen; on telephones on which only films may, its film. */
const fill = (element) => {
  if (element.requestFullscreen) element.requestFullscreen().catch(() => {});
  else element.querySelector("video").webkitEnterFullscreen?.();
};
