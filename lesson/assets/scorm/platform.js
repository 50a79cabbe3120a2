/* Access to a learning platform by the API of SCORM 1.2, and detection of reloads, which continue its session. */
"use strict";

window.edgeglowScorm = (() => {
  const NESTED_AT_MOST = 32; // levels of windows

  const apiOf = (place) => {
    try {
      const api = place.API;
      return api && typeof api.LMSInitialize !== "undefined" ? api : null;
    } catch {
      return null; // a window of another origin
    }
  };

  const findAbove = (start) => {
    let place = start;
    for (let depth = 0; depth < NESTED_AT_MOST; depth += 1) {
      const api = apiOf(place);
      if (api) return api;
      let above;
      try {
        above = place.parent;
      } catch {
        return null;
      }
      if (!above || above === place) return null;
      place = above;
    }
    return null;
  };

  const findApi = () => {
    const near = findAbove(window);
    if (near) return near;
    const top = (() => {
      try {
        return window.top.opener || window.opener;
      } catch {
        return window.opener;
      }
    })();
    return top ? findAbove(top) : null;
  };

  /** The API with all exceptions caught, since a failing platform must not stop the lesson. */
  class Platform {
    api = null;

    /** Begin a session, or continue one that is still open, as after a reload of the frame. */
    begin() {
      this.api = findApi();
      this.wasOpen = false;
      if (!this.api) return false;
      if (this.call("LMSInitialize", "") === "true") return true;
      this.wasOpen = this.isOpen;
      return this.wasOpen;
    }

    get isOpen() {
      return this.lastError !== "0" && this.get("cmi.core.lesson_status") !== "" && this.lastError === "0";
    }

    get lastError() {
      return this.call("LMSGetLastError");
    }

    call(name, ...values) {
      try {
        return String(this.api[name](...values));
      } catch {
        return "";
      }
    }

    get(element) {
      const value = this.call("LMSGetValue", element);
      return value === "null" || value === "undefined" ? "" : value;
    }

    set(element, value) {
      return this.call("LMSSetValue", element, String(value)) === "true";
    }

    /** Save the data, and return whether that worked. If a platform returns no result, its last error decides. */
    save() {
      const answer = this.call("LMSCommit", "");
      return answer === "true" || (answer !== "false" && this.lastError === "0");
    }

    end() {
      return this.call("LMSFinish", "") === "true";
    }
  }

  /** Detection of a reload. Some platforms do not begin a second session after one has ended. */
  const Reload = {
    PATIENCE: 3000, // milliseconds after which a reload counts as cancelled
    KEY: "edgeglow-session",
    isNow: false,

    listen() {
      window.navigation?.addEventListener("navigate", ({ navigationType }) => {
        this.isNow = navigationType === "reload";
        setTimeout(() => {
          this.isNow = false;
        }, this.PATIENCE);
      });
    },

    /** Start time of the session that was left open by a reload, or null; reading it deletes it. */
    get began() {
      try {
        const began = Number(sessionStorage.getItem(this.KEY) ?? Number.NaN);
        sessionStorage.removeItem(this.KEY);
        return Number.isNaN(began) ? null : began;
      } catch {
        return null; // storage is forbidden in this frame
      }
    },

    set began(moment) {
      try {
        sessionStorage.setItem(this.KEY, String(moment));
      } catch {
        // the time before the reload is not counted
      }
    },
  };

  return { Platform, Reload };
})();
