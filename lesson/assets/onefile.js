/* The page in one file: its clips and pictures are embedded as text, and decoded when they come near the window. */
"use strict";

const Files = {
  made: new Map(), // object URLs by path

  address(path) {
    if (!this.made.has(path)) {
      const block = document.querySelector(`script[data-path="${CSS.escape(path)}"]`);
      const letters = atob(block.textContent);
      const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
      this.made.set(path, URL.createObjectURL(new Blob([bytes], { type: block.dataset.type })));
    }
    return this.made.get(path);
  },

  /** Set the addresses of an element, and of elements inside it, to the embedded files that they name. */
  give(element) {
    let isGiven = false;
    for (const one of [element, ...element.querySelectorAll("[data-held-src]")]) {
      for (const name of ["poster", "src", "href", "data-loop"]) {
        const path = one.getAttribute(`data-held-${name}`);
        if (path === null) continue;
        one.removeAttribute(`data-held-${name}`);
        one.setAttribute(name, this.address(path));
        isGiven = true;
      }
    }
    if (isGiven && element instanceof HTMLVideoElement) element.load();
  },

  begin() {
    const near = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          near.unobserve(target);
          this.give(target);
        }
      },
      { rootMargin: "50%" },
    );
    for (const element of document.querySelectorAll("img, video")) near.observe(element);
    // Pictures of the printed pages are decoded after loading, since browsers do not wait for them when printing.
    const giveAll = () => {
      for (const picture of document.querySelectorAll(".handout img")) {
        picture.loading = "eager";
        this.give(picture);
      }
    };
    window.addEventListener("load", () => setTimeout(giveAll));
    for (const link of document.querySelectorAll("a[data-held-href]")) {
      link.href = "#"; // makes it a link
      link.addEventListener("click", () => this.give(link));
    }
  },
};

Player.prepare = (video) => Files.give(video);
Files.begin();
