/* A page with a single clip, to be embedded in another page. */
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("lesson-data").textContent);
  const [edition] = data.editions;
  const section = document.querySelector("section.clip");
  const player = new Player(section, edition.clips[0], edition.words, document.querySelector("template"));
  const toggle = document.querySelector(".toggle");
  const transcript = document.getElementById("transcript");

  const open = (isOpen) => {
    toggle.setAttribute("aria-expanded", String(isOpen));
    transcript.hidden = !isOpen;
  };

  toggle.addEventListener("click", () => open(transcript.hidden));
  transcript.addEventListener("click", ({ target }) => {
    if (target.closest("button")) open(false); // close it, since it covers the video
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || transcript.hidden) return;
    open(false);
    toggle.focus();
  });
  const whole = document.querySelector("a.whole");
  whole.addEventListener("click", () => {
    if (player.now > 1) whole.hash = `${player.slug}@${clockOf(player.now)}`;
  });
  Player.all.push(player);
  Player.current = player;
  Controls.apply();
  Settings.stops = Kept.get("stops") !== "off";
  Settings.keys = Kept.get("keys") !== "off";
  window.edgeglow = {
    clips: [player.slug],
    questions: edition.clips[0].questions.map(({ beat, ask, choices, right }) => ({ clip: player.slug, beat, ask, choices, right })),
    language: edition.language,
    restore: (state) => Progress.restore(state),
  };
  Progress.begin(data.run);
  Progress.show();
})();
