/* The page: languages, settings, and the current clip. */
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("lesson-data").textContent);
  const editions = [...document.querySelectorAll(".edition")];
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const words = Object.fromEntries(data.editions.map((edition) => [edition.language, edition.words]));
  const editionOf = (language) => editions.find(({ lang }) => lang === language);
  const dataOf = (language) => data.editions.find((one) => one.language === language);

  // -- languages ---------------------------------------------------------------------------------------------

  /** Set the ids of sections and the links to them; without a language if theirs is shown: #pixel-flow. */
  const rename = (edition, isShown) => {
    for (const section of edition.querySelectorAll("section.clip")) {
      const { clip } = section.dataset;
      section.id = isShown ? clip : `${clip}-${edition.lang}`;
      edition.querySelector(`nav [data-slug="${CSS.escape(clip)}"]`).href = `#${section.id}`;
    }
  };

  const show = (language) => {
    for (const player of Player.all) player.video.pause();
    for (const edition of editions) if (edition.lang !== language) rename(edition, false);
    for (const edition of editions) edition.hidden = edition.lang !== language;
    rename(editionOf(language), true);
    document.documentElement.lang = language;
    document.title = dataOf(language).title;
    window.edgeglow.language = language;
    window.edgeglow.questions = questionsIn(language);
    Progress.show();
  };

  const choose = (language) => {
    const place = nearest();
    const held = place && place.getBoundingClientRect().top;
    const left = playersIn(window.edgeglow.language).map((player) => [player, !player.video.paused]);
    show(language);
    for (const player of playersIn(language)) {
      const [other, isPlaying] = left.find(([{ slug }]) => slug === player.slug) ?? [];
      if (other && other !== player) player.adopt(other, isPlaying);
    }
    Kept.set("language", language);
    editionOf(language).querySelector(`button[data-language="${language}"]`).focus({ preventScroll: true });
    if (place && held < innerHeight / 2 && scrollY > 0) {
      const same = document.getElementById(place.dataset.clip);
      scrollBy({ top: same.getBoundingClientRect().top - held, behavior: "instant" });
    }
    try {
      const address = new URL(location.href);
      address.searchParams.set("lang", language);
      history.replaceState(null, "", address);
    } catch {
      // the address of a file cannot be changed
    }
  };

  /** Return the language from the address, from an earlier choice, or from the browser; else the lesson's first. */
  const wanted = () => {
    const asked = new URLSearchParams(location.search).get("lang");
    const liked = navigator.languages.map((language) => language.split("-")[0]);
    const known = [asked, Kept.get("language"), ...liked].find((language) => dataOf(language));
    return known ?? data.editions[0].language;
  };

  const questionsIn = (language) =>
    dataOf(language).clips.flatMap(({ slug, questions }) =>
      questions.map(({ beat, ask, choices, right }) => ({ clip: slug, beat, ask, choices, right })),
    );

  // -- clips -------------------------------------------------------------------------------------------------

  const playersIn = (language) => Player.all.filter(({ root }) => root.closest(".edition").lang === language);

  const makePlayers = () => {
    for (const edition of editions) {
      const template = edition.querySelector("template.question-form");
      const { clips } = dataOf(edition.lang);
      for (const section of edition.querySelectorAll("section.clip")) {
        const clip = clips.find(({ slug }) => slug === section.dataset.clip);
        Player.all.push(new Player(section, clip, words[edition.lang], template));
      }
    }
  };

  /** Return the section at the middle of the window, or the last one above it. */
  const nearest = () =>
    [...document.querySelectorAll(".edition:not([hidden]) section.clip")]
      .filter((section) => section.getBoundingClientRect().top < innerHeight / 2)
      .at(-1) ?? document.querySelector(".edition:not([hidden]) section.clip");

  const markNearest = () => {
    const slug = nearest()?.dataset.clip;
    for (const link of document.querySelectorAll("nav [data-slug]")) {
      if (link.dataset.slug === slug) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };

  /** Return the section for a name in an address: "training" in the current language, or "training-ko". */
  const sectionCalled = (name) => {
    for (const section of document.querySelectorAll(".edition section.clip")) {
      const edition = section.closest(".edition");
      const { clip } = section.dataset;
      if (name === `${clip}-${edition.lang}` || (name === clip && !edition.hidden)) return section;
    }
    return null;
  };

  /** Go to the clip and the time that the address names: #training@0:30. */
  const follow = () => {
    const [, name, minutes, seconds] = /^#([\w-]+)(?:(?:@|%40)(?:(\d+):)?(\d+(?:\.\d+)?))?$/.exec(location.hash) ?? [];
    const section = sectionCalled(name);
    if (!section) return;
    const { lang, hidden } = section.closest(".edition");
    if (hidden) show(lang);
    section.scrollIntoView();
    if (seconds === undefined) return;
    const player = Player.all.find(({ root }) => root === section);
    player.seek(60 * Number(minutes ?? 0) + Number(seconds) + AFTER);
    Player.current = player;
    player.controls.play.focus({ preventScroll: true });
  };

  /** Play a clip's loop while the pointer is on it in the list, unless the user prefers reduced motion. */
  const moveWhenPointedAt = (link) => {
    const picture = link.querySelector("img");
    let still = null;
    const move = () => {
      if (calm.matches || still !== null || !picture.dataset.loop) return;
      still = picture.src;
      picture.src = picture.dataset.loop;
    };
    const rest = () => {
      if (still !== null) picture.src = still;
      still = null;
    };
    link.addEventListener("pointerenter", move);
    link.addEventListener("focus", move);
    link.addEventListener("pointerleave", rest);
    link.addEventListener("blur", rest);
  };

  const openStills = () => {
    for (const stills of document.querySelectorAll("details.stills")) stills.open = calm.matches;
  };

  // -- settings ----------------------------------------------------------------------------------------------

  const apply = (name, value) => {
    if (name === "theme") paint(value);
    else Settings[name] = value !== "off";
    for (const player of Player.all) player.cover();
    for (const control of document.querySelectorAll(`[data-setting="${name}"]`)) {
      if (control.type === "checkbox") control.checked = value !== "off";
      else control.value = value;
    }
  };

  /** Close the settings for which ``isDone`` is true; they cover a part of the page. */
  const closeSettings = (isDone) => {
    for (const settings of document.querySelectorAll(".settings[open]")) {
      if (isDone(settings)) settings.open = false;
    }
  };

  const begin = () => {
    for (const name of ["theme", "stops", "keys"]) apply(name, Kept.get(name) ?? (name === "theme" ? "auto" : "on"));
    for (const control of document.querySelectorAll("[data-setting]")) {
      control.addEventListener("change", () => {
        const value = control.type === "checkbox" ? (control.checked ? "on" : "off") : control.value;
        apply(control.dataset.setting, value);
        Kept.set(control.dataset.setting, value);
      });
    }
    for (const button of document.querySelectorAll("[data-language]")) {
      button.addEventListener("click", () => choose(button.dataset.language));
    }
    for (const button of document.querySelectorAll(".show-help")) button.addEventListener("click", openHelp);
    for (const button of document.querySelectorAll(".save-table")) {
      const edition = dataOf(button.closest(".edition").lang);
      button.addEventListener("click", () => Table.save(edition, `edgeglow-${edition.language}.csv`));
    }
    for (const button of document.querySelectorAll(".forget")) button.addEventListener("click", () => forget(button));
    for (const link of document.querySelectorAll("nav [data-slug]")) moveWhenPointedAt(link);
    document.addEventListener("click", ({ target }) => closeSettings((settings) => !settings.contains(target)));
    document.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      closeSettings((settings) => {
        if (settings.contains(document.activeElement)) settings.querySelector("summary").focus();
        return true;
      });
    });
    calm.addEventListener("change", openStills);
    document.addEventListener("scroll", markNearest, { passive: true });
    window.addEventListener("hashchange", () => {
      follow();
      markNearest();
    });
  };

  /** Delete the record of what was watched and answered. */
  const forget = (button) => {
    Progress.forget();
    for (const player of Player.all) player.forget();
    const details = button.closest("details");
    details.open = false;
    details.querySelector("summary").focus();
  };

  window.edgeglow = {
    clips: data.editions[0].clips.map(({ slug }) => slug),
    questions: [],
    language: "",
    restore: (state) => Progress.restore(state),
    played: Played, // ``text`` saves what was played, ``read`` restores it
  };
  makePlayers();
  openStills();
  begin();
  if (document.querySelector(".sharing .kind")) Sharing.begin(words);
  Controls.apply();
  Progress.begin(data.run);
  show(wanted());
  follow();
  markNearest();
})();
