/* A question that is asked at a clip: shown, answered, and gone on from. */
"use strict";

const keyOf = (clip, beat) => `${clip}/${beat}`;

/** What was watched and answered, in whatever language; told to whoever listens at the document. */
const Progress = {
  answered: new Map(), // by key: was the first answer right?
  watched: new Set(), // slugs

  answer(clip, beat, choice, right) {
    const key = keyOf(clip, beat);
    const first = !this.answered.has(key);
    if (first) this.answered.set(key, right);
    this.show();
    this.tell("answer", { clip, beat, right, first, choice });
  },

  watch(clip) {
    if (this.watched.has(clip)) return;
    this.watched.add(clip);
    this.show();
    this.tell("watched", { clip });
  },

  /** Go on from what was done at an earlier visit; that is told to nobody again. */
  restore({ answered = [], watched = [] }) {
    for (const { clip, beat, right } of answered) this.answered.set(keyOf(clip, beat), right);
    for (const clip of watched) this.watched.add(clip);
    this.show();
  },

  show() {
    for (const mark of document.querySelectorAll("[data-watched]")) {
      mark.hidden = !this.watched.has(mark.dataset.watched);
    }
    for (const mark of document.querySelectorAll("[data-answered]")) {
      mark.hidden = !this.answered.has(mark.dataset.answered);
    }
  },

  tell(name, detail) {
    document.dispatchEvent(new CustomEvent(`edgeglow:${name}`, { detail }));
  },
};

/** One question of a clip, as a form in ``place``. ``words`` are those of its language. */
class Question {
  constructor(clip, asked, words, template, place) {
    Object.assign(this, { clip, words, template, place }, asked);
    this.wasAsked = false;
    this.form = null;
  }

  /** Need the clip not stop for it, because it did, or it was answered at an earlier visit? */
  get isPassed() {
    return this.wasAsked || Progress.answered.has(keyOf(this.clip, this.beat));
  }

  /** Show it and take the focus. ``close`` is called when it is done with, and told whether to go on. */
  open(close) {
    this.wasAsked = true;
    this.close = close;
    this.cameFrom = document.activeElement;
    this.build();
    this.place.replaceChildren(this.form);
    this.place.scrollIntoView({ block: "nearest" });
    this.form.querySelector("fieldset").focus({ preventScroll: true });
  }

  /** Take it away. The focus returns to where it was, or to the clip. */
  leave(goesOn, fallback) {
    const hadFocus = this.place.contains(document.activeElement);
    this.place.replaceChildren();
    if (hadFocus) {
      const target = this.cameFrom?.isConnected && this.cameFrom !== document.body ? this.cameFrom : fallback;
      target.focus({ preventScroll: true });
    }
    this.close(goesOn);
  }

  build() {
    this.form = this.template.content.firstElementChild.cloneNode(true);
    this.form.querySelector("legend").textContent = this.ask;
    const group = this.form.querySelector("fieldset");
    const name = `${this.clip}-${this.beat}-${document.documentElement.lang}`;
    this.choices.forEach((choice, number) => {
      const label = document.createElement("label");
      const radio = Object.assign(document.createElement("input"), { type: "radio", name, value: number });
      const text = Object.assign(document.createElement("span"), { textContent: choice });
      label.append(radio, text);
      group.append(label);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.check();
    });
    this.form.querySelector(".again").addEventListener("click", () => {
      this.build();
      this.place.replaceChildren(this.form);
      this.form.querySelector("fieldset").focus();
    });
  }

  check() {
    const chosen = this.form.querySelector("input:checked");
    if (!chosen) {
      this.form.querySelector(".verdict").textContent = this.words.choose;
      this.form.querySelector("input").focus();
      return;
    }
    const choice = Number(chosen.value);
    this.mark(choice);
    this.conclude(choice === this.right);
    Progress.answer(this.clip, this.beat, choice, choice === this.right);
  }

  /** Which answer is right, and which was given, in words: colour says it once more. */
  mark(choice) {
    this.form.querySelectorAll("label").forEach((label, number) => {
      label.querySelector("input").disabled = true;
      const isRight = number === this.right;
      if (!isRight && number !== choice) return;
      label.classList.add(isRight ? "is-right" : "is-wrong");
      const note = document.createElement("em");
      note.textContent = `${isRight ? "✓" : "✗"} ${isRight ? this.words.right_answer : this.words.your_answer}`;
      label.append(note);
    });
  }

  conclude(isRight) {
    const verdict = document.createElement("strong");
    verdict.textContent = isRight ? this.words.right : this.words.wrong;
    this.form.querySelector(".verdict").replaceChildren(verdict, ` ${this.why}`);
    this.form.querySelector(".check").hidden = true;
    this.form.querySelector(".again").hidden = false;
    const goOn = this.form.querySelector(".go-on");
    goOn.textContent = goOn.dataset.goOn;
    goOn.focus({ preventScroll: true });
    this.form.scrollIntoView({ block: "nearest" });
  }
}
