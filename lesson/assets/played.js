/* What of each clip was really played: that alone counts as watched. */
"use strict";

const UNSEEN = 0.5; // seconds of a clip that may be missing where all of it was played
const HASTE = 0.1; // seconds that a film may be ahead of the clock between two looks
const TOUCHING = 0.0005; // of a clip, between two parts that are one

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
    this.add(last.currentTime, currentTime);
  }

  /** A question stops a clip a little before its moment: what is missing up to that counts, as it is shown then. */
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
