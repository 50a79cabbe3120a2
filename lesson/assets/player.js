/* Player of a clip, with a transcript that follows it, and questions at which it stops. */
"use strict";

// Minimum and maximum seconds by which a clip is stopped before a question's time: browsers may show a few more frames,
// and slow browsers more of them.
const EARLY = 0.06;
const EARLIEST = 0.25;
const BEFORE = 0.008; // seconds before a beat's end that are inside its last frame: half a frame at 60 per second
const AFTER = 0.001; // seconds added to the target of a jump, so that it never shows the frame before
const SAME = 0.06; // times closer than this are equal: a jump to a question's time does not skip it
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
    this.passed = 0; // time up to which questions were checked
    this.open = null; // the question that is shown
    this.wanted = null; // time to go to when enough is loaded
    this.looked = 0; // time of the last check
    this.played = new Played(this);
    this.sentences = [...root.querySelectorAll(".sentences [data-start]")].map((item) => this.linked(item));
    for (const item of root.querySelectorAll(".sentences [data-beat]")) this.offer(item);
    this.controls = new Controls(this, data.told);
    this.listen();
  }

  // -- the transcript ----------------------------------------------------------------------------------------

  /** Turn a sentence into a button that jumps to its time. */
  linked(item) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "sentence" });
    button.append(...item.childNodes);
    item.append(button);
    const sentence = { button, start: Number(item.dataset.start), end: Number(item.dataset.end) };
    button.addEventListener("click", () => this.jump(sentence.start));
    return sentence;
  }

  /** Turn a question in the transcript into a button that asks it. */
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

  /** Close the question that is shown. Unless it is skipped, it stays pending and is asked again. */
  leave() {
    this.open?.leave(false, this.controls.play);
  }

  /** Cover the transcript and pictures after the first pending question, which could show its answer. */
  cover() {
    const isHeld = ({ isPending }) => isPending && (Settings.stops || this.open);
    const from = Math.min(...this.questions.filter(isHeld).map(({ at }) => at)) - SAME; // Infinity without any
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

  /** Mark the current sentence, and scroll its box, not the page. */
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

  /** Reset the questions and the record of played parts. */
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

  /** Skip pending questions that a jump passes. */
  sought() {
    const now = this.video.currentTime;
    this.played.jump();
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
    this.open?.skip(); // playing on skips the question
    this.leave();
    const watch = () => {
      if (this.video.paused) return;
      this.look();
      requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  }

  /** Ask a question if the clip has reached it since the last check. */
  look() {
    this.follow();
    this.played.look();
    const { video } = this;
    if (video.paused || video.seeking) return;
    const pace = 2 * (video.currentTime - this.looked); // twice the seconds between two checks
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
    // Some browsers show one more frame after pause(), which may contain the answer.
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

  /** Leave a full-screen video, which hides everything else. Return whether there was one. */
  leaveFullScreen() {
    if (document.fullscreenElement !== this.video) return false;
    document.exitFullscreen().catch(() => {});
    return true;
  }

  play() {
    Player.current = this;
    Player.prepare(this.video);
    this.video.play().catch(() => {}); // it was paused before it began
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  /** The current time, or the time to which it jumps when enough is loaded. */
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

  /** Continue from the same clip in another language: at the same sentence, with the same question. */
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

  /** Return the time in this clip at the same share of the same sentence as a time in the other. */
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
Player.prepare = () => {}; // replaced in the page in one file, to decode the video

/** Show an element in full screen, or only its video on telephones that allow nothing else. */
const fill = (element) => {
  if (element.requestFullscreen) element.requestFullscreen().catch(() => {});
  else element.querySelector("video").webkitEnterFullscreen?.();
};
