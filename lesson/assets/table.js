/* Table of what was watched and answered, as CSV for any spreadsheet. */
"use strict";

const Table = {
  /** Return a row for each question, and for each clip without questions; ``words`` has the edition's texts. */
  rows({ clips, words }) {
    const yesNo = (isTrue) => (isTrue ? words.yes : words.no);
    const names = ["table_clip", "table_watched", "question", "table_first", "table_right", "table_tries", "table_when"];
    const rows = clips.flatMap(({ slug, title, questions }) => {
      const clip = [title, yesNo(Progress.watched.has(slug))];
      if (!questions.length) return [[...clip, "", "", "", "", ""]];
      return questions.map(({ beat, ask, choices }) => {
        const answer = Progress.answered.get(keyOf(slug, beat));
        if (!answer) return [...clip, ask, "", "", "", ""];
        const first = choices[answer.choice] ?? "";
        return [...clip, ask, first, yesNo(answer.right), answer.tries, answer.at ?? ""];
      });
    });
    return [names.map((name) => words[name]), ...rows];
  },

  /** Return rows as CSV (RFC 4180). Values that a spreadsheet would treat as formulas are marked as text. */
  csv(rows) {
    const cell = (value) => {
      const text = String(value).replace(/^(?=[=+@\t\r]|-\D)/, "'");
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
  },

  save(edition, name) {
    const mark = "\ufeff"; // byte order mark, by which Excel recognises UTF-8
    const file = new Blob([mark, this.csv(this.rows(edition))], { type: "text/csv" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser reads it after the click
  },
};
