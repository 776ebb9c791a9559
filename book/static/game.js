/* The game against the networks: its state is in memory only, and nothing is sent. */
(() => {
  const root = document.getElementById("game");
  const { clips, labels, networks, baselines } = JSON.parse(document.getElementById("game-data").textContent);
  const said = []; // the reader's answers, class numbers
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

  /** Count answers, [clip][answer], to the clips that the reader answered: rows are the truth. */
  function count(answers) {
    const counts = labels.map(() => labels.map(() => 0));
    said.forEach((_, i) => answers[i].forEach((answer) => { counts[clips[i].label][answer] += 1; }));
    return counts;
  }

  /** Return the mean F1 of the classes that were heard. */
  function macroF1(counts) {
    const f1 = counts.map((row, i) => (2 * row[i]) / (sum(row) + sum(counts.map((one) => one[i]))));
    const heard = f1.filter((_, i) => sum(counts[i]));
    return sum(heard) / heard.length;
  }

  const matrix = (name, counts) => `<table><caption>${name}</caption><tr><td></td>${labels.map((_, i) =>
    `<th scope="col">${i + 1}</th>`).join("")}</tr>${counts.map((row, i) => `<tr><th scope="row">
    ${i + 1} ${labels[i]}</th>${row.map((n) => `<td style="--share: ${n / (sum(row) || 1)}">
    ${n || "·"}</td>`).join("")}</tr>`).join("")}</table>`;

  /** Show the reader's matrix beside the networks', the ladder, and what each clip was. */
  function finish() {
    const everyone = Object.entries({ You: said.map((one) => [one]), ...networks, ...baselines })
      .map(([name, answers]) => [name, count(answers)]);
    const shown = everyone.slice(0, 1 + Object.keys(networks).length);
    const rungs = everyone.map(([name, counts]) => [name, macroF1(counts)]).sort((a, b) => a[1] - b[1]);
    const right = (answer, i) => answer === clips[i].label;
    root.innerHTML = `<p role="status" tabindex="-1">You named ${said.filter(right).length} of ${said.length}
      dances.</p><div class="cards">${shown.map((one) => matrix(...one)).join("")}</div>
      <table class="ladder"><caption>macro F1 on the same clips</caption>${rungs.map(([name, score]) =>
        `<tr class="${name}"><th scope="row">${name}</th><td><b style="width: ${100 * score}%"></b></td>
        <td>${score.toFixed(2)}</td></tr>`).join("")}</table>
      <table class="clips"><caption>what you heard</caption></table><button type="button">Play again</button>`;
    said.forEach((answer, i) => {
      const row = root.querySelector(".clips").insertRow();
      const verdict = right(answer, i) ? "right" : `you said ${labels[answer]}`;
      [clips[i].title, labels[clips[i].label], verdict].forEach((text) => { row.insertCell().textContent = text; });
    });
    root.querySelector("p").focus();
    root.querySelector("button").addEventListener("click", start);
  }

  /** Play the clips one after the other until they, or the reader's patience, are at an end. */
  function start() {
    said.length = 0;
    root.innerHTML = `<p role="status"></p><audio controls></audio><p class="choices">${labels.map((label, i) =>
      `<button type="button" aria-keyshortcuts="${i + 1}">${i + 1} ${label}</button>`).join("")}</p>
      <p><button type="button" class="stop">Stop and see the scores</button></p>`;
    const [status, audio, stop] = ["p", "audio", ".stop"].map((one) => root.querySelector(one));
    const next = () => {
      status.textContent = `Clip ${said.length + 1} of ${clips.length}: which dance is it? The keys 1 to
        ${labels.length} answer, too.`;
      audio.src = clips[said.length].mp3;
      stop.disabled = !said.length;
    };
    root.querySelectorAll(".choices button").forEach((button, answer) => button.addEventListener("click", () => {
      said.push(answer);
      if (said.length === clips.length) return finish();
      next();
      return audio.play().catch(() => {}); // which the next answer may interrupt
    }));
    stop.addEventListener("click", finish);
    next();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea")) return;
    root.querySelector(`[aria-keyshortcuts="${event.key}"]`)?.click();
  });
  start();
})();
