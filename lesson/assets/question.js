/* A question of a clip: it is shown, answered or skipped, and closed. */
"use strict";

/** One question of a clip, as a form in ``place``; ``words`` has the texts in its language. */
class Question {
  constructor(clip, asked, words, template, place) {
    Object.assign(this, { clip, words, template, place }, asked);
    this.isPending = false; // whether it was asked, and neither answered nor skipped since
    this.isSkipped = false;
    this.given = null; // the answered choice in the form
    this.changed = () => {}; // called when it is asked, answered or skipped
    this.form = null;
  }

  /** Whether the clip need not stop for it: it was skipped, or answered in this or an earlier visit. */
  get isPassed() {
    return this.isSkipped || Progress.answered.has(keyOf(this.clip, this.beat));
  }

  /** Show the question and focus it. ``close`` is called at the end, with whether to play on. */
  open(close) {
    this.isPending = !Progress.answered.has(keyOf(this.clip, this.beat));
    this.close = close;
    this.cameFrom = document.activeElement;
    this.build();
    this.place.replaceChildren(this.form);
    this.place.scrollIntoView({ block: "nearest" });
    this.form.querySelector("fieldset").focus({ preventScroll: true });
    this.changed();
  }

  /** Skip the question, so that what follows it is no longer covered. */
  skip() {
    if (this.isPending) this.isSkipped = true;
    this.isPending = false;
    this.changed();
  }

  /** Remove the question, and return the focus to where it was, or to ``fallback``. */
  leave(goesOn, fallback) {
    const hadFocus = this.place.contains(document.activeElement);
    this.place.replaceChildren();
    this.given = null;
    if (hadFocus) {
      const target = this.cameFrom?.isConnected && this.cameFrom !== document.body ? this.cameFrom : fallback;
      target.focus({ preventScroll: true });
    }
    this.close(goesOn);
  }

  build() {
    this.given = null;
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
    this.listen();
  }

  /** Handle the form without submitting it, which sandboxed frames forbid. */
  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.querySelector(".check").addEventListener("click", () => this.check());
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input")) return;
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
    this.conclude(choice);
    this.isPending = false;
    Progress.answer(this.clip, this.beat, choice, choice === this.right);
    this.changed();
  }

  /** Mark the right answer and the given one, by text and by colour. */
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

  conclude(choice) {
    this.given = choice;
    this.mark(choice);
    const verdict = document.createElement("strong");
    verdict.textContent = choice === this.right ? this.words.right : this.words.wrong;
    this.form.querySelector(".verdict").replaceChildren(verdict, ` ${this.why}`);
    this.form.querySelector(".check").hidden = true;
    this.form.querySelector(".again").hidden = false;
    const goOn = this.form.querySelector(".go-on");
    goOn.textContent = goOn.dataset.goOn;
    goOn.focus({ preventScroll: true });
    this.form.scrollIntoView({ block: "nearest" });
  }
}
