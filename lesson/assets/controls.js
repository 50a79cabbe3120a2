/* Controls and captions of a clip, below its picture, never over it. */
"use strict";

const STEP = 5; // seconds
const LEAP = 10;

/** Minutes and seconds: 1:05 for 65. */
const clockOf = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

class Controls {
  /** ``told`` has the clip's sentences in every language. */
  constructor(player, told) {
    const { root, video } = player;
    Object.assign(this, { player, video, told });
    for (const name of ["play", "position", "now", "captions", "sound", "moment", "full", "said-so"]) {
      this[name] = root.querySelector(`.controls .${name}`);
    }
    this.caption = root.querySelector(".caption");
    this.language = root.closest("[lang]").lang;
    video.controls = false;
    this.silence();
    this.listen();
    this.show();
  }

  listen() {
    const { video, player, position } = this;
    for (const name of ["play", "pause", "ended", "emptied"]) video.addEventListener(name, () => this.show());
    for (const name of ["timeupdate", "seeking", "seeked"]) video.addEventListener(name, () => this.follow());
    for (const name of ["loadeddata", "timeupdate"]) video.addEventListener(name, () => this.hear());
    video.addEventListener("click", () => player.toggle());
    this.play.addEventListener("click", () => player.toggle());
    this.full.addEventListener("click", () => this.toggleFull());
    this.captions.addEventListener("change", () => Controls.choose(this.captions.value, this.language));
    this.sound.addEventListener("click", () => {
      video.muted = !video.muted;
    });
    video.addEventListener("volumechange", () => this.sound.setAttribute("aria-pressed", String(video.muted)));
    position.addEventListener("input", () => player.seek(Number(position.value)));
    position.addEventListener("keydown", (event) => this.stepBy(event));
    this.moment?.addEventListener("click", () => this.link());
  }

  /** Make arrow keys step by the same seconds on the bar as elsewhere. */
  stepBy(event) {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.player.step(way * STEP);
  }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    else fill(this.player.root.querySelector(".player"));
  }

  show() {
    const isPlaying = !this.video.paused && !this.video.ended;
    this.play.classList.toggle("is-playing", isPlaying);
    this.play.setAttribute("aria-label", isPlaying ? this.play.dataset.pause : this.play.dataset.play);
    this.follow();
  }

  /** Update the position bar, the time, and the caption. */
  follow() {
    const now = Math.min(this.player.now, Number(this.position.max));
    this.position.value = now;
    this.position.setAttribute("aria-valuetext", clockOf(now));
    this.position.style.setProperty("--share", `${(100 * now) / Number(this.position.max)}%`);
    if (this.now.textContent !== clockOf(now)) this.now.textContent = clockOf(now);
    const number = this.player.sentences.findIndex(({ start, end }) => start <= now + AFTER && now < end);
    const said = this.told[this.captions.value]?.[number] ?? "";
    if (this.caption.textContent !== said) this.caption.textContent = said;
    this.caption.lang = this.captions.value || this.language;
  }

  /** Show the mute button if the clip has sound, which each browser reports in its own way. */
  hear() {
    const { video } = this;
    const hears = video.mozHasAudio || video.webkitAudioDecodedByteCount > 0 || video.audioTracks?.length > 0;
    if (hears) this.sound.hidden = false;
  }

  // -- captions ------------------------------------------------------------------------------------------------

  /** Turn off the browser's captions, which lie over the picture, except in full screen on telephones. */
  silence() {
    const { video } = this;
    const show = (language) => {
      for (const track of video.textTracks) {
        if (track.kind === "captions") track.mode = language && track.language === language ? "showing" : "disabled";
      }
    };
    for (const track of video.querySelectorAll("track")) {
      track.default = false;
      const fallBack = () => this.fallBack(track);
      if (track.readyState === HTMLTrackElement.ERROR) fallBack();
      else track.addEventListener("error", fallBack, { once: true });
    }
    show(null);
    video.addEventListener("loadedmetadata", () => show(null), { once: true });
    video.addEventListener("webkitbeginfullscreen", () => show(this.captions.value));
    video.addEventListener("webkitendfullscreen", () => show(null));
  }

  /** Load the caption file if a server's policy forbids the embedded track. (Tracks are embedded because browsers do
      not load them from files opened without a server.) */
  fallBack(track) {
    const { file } = track.dataset;
    if (!file) return;
    delete track.dataset.file;
    track.src = file;
  }

  toggleCaptions() {
    const other = this.usual ?? this.language;
    this.usual = this.captions.value || other;
    Controls.choose(this.captions.value ? "" : other, this.language);
  }

  // -- a link to the current time ------------------------------------------------------------------------------

  async link() {
    const address = new URL(location.href);
    address.hash = `${this.player.slug}@${clockOf(this.player.now)}`;
    const isCopied = await onClipboard(address.href);
    this["said-so"].textContent = isCopied ? this.player.words.copied : address.href;
  }
}

/** Set the captions' language for all clips; "own" stands for the language of the page. */
Controls.choose = (language, own) => {
  Kept.set("captions", language === own ? "own" : language || "off");
  Controls.apply();
};

Controls.apply = () => {
  const kept = Kept.get("captions") ?? "own";
  for (const { controls } of Player.all) {
    const known = [...controls.captions.options].map(({ value }) => value);
    const wanted = kept === "off" ? "" : kept;
    controls.captions.value = known.includes(wanted) ? wanted : controls.language;
    controls.follow();
  }
};

const onClipboard = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed for pages in frames, and for files in some browsers
  }
};
