/* Record of the parts of each clip that were played; only these count as watched. */
"use strict";

const UNSEEN = 0.5; // seconds that may be missing from a clip that counts as watched
const HASTE = 0.1; // seconds by which a video may be ahead of the clock between two checks
const TOUCHING = 0.0005; // largest gap between two parts that are joined, as a share of the clip

/** Parts of a clip that were played, in one visit or several; parts that were skipped on the bar do not count. */
class Played {
  constructor(player) {
    Object.assign(this, { slug: player.slug, stops: player.questions.length, video: player.video, last: null });
  }

  get parts() {
    return Played.all.get(this.slug) ?? [];
  }

  /** Add the part played since the last check, unless it is longer than the time passed, which means a jump. */
  look() {
    const { video, last } = this;
    const { currentTime, playbackRate, seeking } = video;
    const clock = performance.now() / 1000;
    this.last = seeking ? null : { currentTime, clock };
    if (seeking || !last || currentTime <= last.currentTime) return;
    if (currentTime - last.currentTime > (clock - last.clock) * playbackRate + HASTE) return;
    this.add(last.currentTime, currentTime);
  }

  /** Forget the last check: what lies between it and the place of a jump was not played. A slow drag is many jumps. */
  jump() {
    this.last = null;
  }

  /** Add the part up to a question's time: a clip stops a little earlier, and then shows the picture of that time. */
  stop(moment) {
    const { currentTime } = this.video;
    if (moment > currentTime && moment - currentTime <= EARLIEST) this.add(currentTime, moment);
  }

  add(start, end) {
    const { video } = this;
    const part = [start, end].map((seconds) => seconds / video.duration);
    Played.all.set(this.slug, joined([...this.parts, part]));
    const played = this.parts.reduce((sum, [start, end]) => sum + end - start, 0);
    const missing = (1 - played) * video.duration;
    if (missing < UNSEEN + this.stops * EARLY) Progress.watch(this.slug);
  }

  /** The played parts of clips that are not watched completely, for the next visit: "pixels:0-0.42,0.6-0.8". */
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

Played.all = new Map(); // by slug: separate parts as shares of the clip, since its length differs between languages

const joined = (parts) => {
  const whole = [];
  for (const [start, end] of parts.sort(([one], [other]) => one - other)) {
    const last = whole.at(-1);
    if (last && start <= last[1] + TOUCHING) last[1] = Math.max(last[1], end);
    else whole.push([start, end]);
  }
  return whole;
};
