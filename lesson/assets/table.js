/* What was watched and answered, as a table that any spreadsheet opens. */
"use strict";

const Table = {
  /** A row for each question, and for each clip that asks nothing. ``words`` are those of the edition's language. */
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

  /** As RFC 4180 has it. What a spreadsheet would take for a formula is marked as text. */
  csv(rows) {
    const cell = (value) => {
      const text = String(value).replace(/^(?=[=+@\t\r]|-\D)/, "'");
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
  },

  save(edition, name) {
    const mark = "\ufeff"; // by which Excel knows that it is UTF-8
    const file = new Blob([mark, this.csv(this.rows(edition))], { type: "text/csv" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // it is read after the click
  },
};
