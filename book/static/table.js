/* Lets a reader sort tables of the class `sortable` by their headings, and filter them by typing. */
(() => {
  const compare = new Intl.Collator("en").compare;

  /** Put a button into each heading: the first press sorts upwards, the next one downwards. */
  function sortable(table) {
    const [body, headings] = [table.tBodies[0], [...table.tHead.rows[0].cells]];
    headings.forEach((heading, column) => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.append(...heading.childNodes);
      heading.append(button);
      button.onclick = () => {
        const down = heading.ariaSort === "ascending";
        headings.forEach((other) => (other.ariaSort = "none"));
        heading.ariaSort = down ? "descending" : "ascending";
        const text = (row) => row.cells[column].textContent;
        const rows = [...body.rows];
        const numbers = rows.every((row) => /^-?[\d.]+%?$/.test(text(row)));
        rows.sort((a, b) => (numbers ? parseFloat(text(a)) - parseFloat(text(b)) : compare(text(a), text(b))));
        body.append(...(down ? rows.reverse() : rows));
      };
    });
  }

  /** Put a field above a table: rows stay that hold all words typed. */
  function filterable(table) {
    const bar = Object.assign(document.createElement("p"), { className: "filter" });
    bar.innerHTML = '<label>Filter <input type="search"></label> <output></output>';
    const [field, said] = [bar.querySelector("input"), bar.querySelector("output")];
    const rows = [...table.tBodies[0].rows];
    field.oninput = () => {
      const words = field.value.toLowerCase().split(/\s+/);
      for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
      said.value = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows`;
    };
    table.before(bar);
  }

  addEventListener("DOMContentLoaded", () => [sortable, filterable].forEach((make) => document.querySelectorAll("table.sortable").forEach(make)));
})();
