/* The game against the networks: its state is in memory only, and nothing is sent. */
(() => {
  const root = document.getElementById("game");
  const data = JSON.parse(document.getElementById("game-data").textContent);
  const { clips, labels } = data, said = []; // the reader's answers, class numbers

  /** Count answers, [clip][answer], to the first clips: rows are what they were. */
  function matrix(answers) {
    const counts = labels.map(() => labels.map(() => 0));
    answers.forEach((some, i) => some.forEach((answer) => { counts[clips[i].label][answer] += 1; }));
    return counts;
  }

  /** Return the mean F1 of the classes that were heard. */
  function macroF1(counts) {
    const scores = counts.map((row, i) => {
      const [was, answered] = [row, counts.map((one) => one[i])].map((some) => some.reduce((a, b) => a + b));
      return was && (2 * row[i]) / (was + answered);
    }).filter((_, i) => counts[i].some((n) => n));
    return scores.reduce((sum, one) => sum + one, 0) / scores.length;
  }

  const shaded = (n, total) => `<td style="--share: ${total ? n / total : 0}">${n || "·"}</td>`;
  const table = (name, counts) => `<table><caption>${name}</caption><tr><td></td>${labels.map((_, i) =>
    `<th scope="col">${i + 1}</th>`).join("")}</tr>${counts.map((row, i) => `<tr><th scope="row">${i + 1}
    ${labels[i]}</th>${row.map((n) => shaded(n, row.reduce((a, b) => a + b))).join("")}</tr>`).join("")}</table>`;

  /** Show the reader's matrix beside the networks', the ladder, and what each clip was. */
  function finish() {
    const heard = (all) => Object.entries(all).map(([name, some]) => [name, matrix(some.slice(0, said.length))]);
    const mine = ["You", matrix(said.map((one) => [one]))], networks = heard(data.networks);
    const rungs = [mine, ...networks, ...heard(data.baselines)].map(([name, counts]) => [name, macroF1(counts)]);
    const lines = rungs.sort((a, b) => a[1] - b[1]).map(([name, score]) => `<tr class="${name}"><th scope="row">
      ${name}</th><td><b style="width: ${100 * score}%"></b></td><td>${score.toFixed(2)}</td></tr>`);
    root.innerHTML = `<p role="status" tabindex="-1"></p><div class="cards">${[mine, ...networks].map((one) =>
      table(...one)).join("")}</div><table class="ladder"><caption>macro F1 on the same clips</caption>
      ${lines.join("")}</table><table class="clips"><caption>what you heard</caption></table>
      <button type="button">Play again</button>`;
    const right = said.filter((one, i) => one === clips[i].label).length;
    root.querySelector("p").textContent = `You named ${right} of ${said.length} dances.`;
    said.forEach((answer, i) => {
      const row = root.querySelector(".clips").insertRow();
      [clips[i].title, labels[clips[i].label], answer === clips[i].label ? "right" : `you said ${labels[answer]}`]
        .forEach((text) => { row.insertCell().textContent = text; });
    });
    root.querySelector("p").focus();
    root.querySelector("button").addEventListener("click", start);
  }

  /** Play the clips one after the other until they, or the reader's patience, are at an end. */
  function start() {
    said.length = 0;
    root.innerHTML = `<p role="status"></p><audio controls></audio><p class="choices">${labels.map((label, i) =>
      `<button type="button" aria-keyshortcuts="${i + 1}">${i + 1} ${label}</button>`).join("")}</p>
      <p><button type="button" class="stop" disabled>Stop and see the scores</button></p>`;
    const [status, audio, stop] = ["p", "audio", ".stop"].map((one) => root.querySelector(one));
    const show = () => {
      status.textContent = `Clip ${said.length + 1} of ${clips.length}: which dance is it? Keys 1 to ${labels.length} answer, too.`;
      audio.src = clips[said.length].mp3;
      stop.disabled = !said.length;
    };
    root.querySelectorAll(".choices button").forEach((button, answer) => button.addEventListener("click", () => {
      said.push(answer);
      if (said.length === clips.length) {
        finish();
        return;
      }
      show();
      audio.play().catch(() => {}); // which the next answer may interrupt
    }));
    stop.addEventListener("click", finish);
    show();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea")) return;
    root.querySelector(`[aria-keyshortcuts="${event.key}"]`)?.click();
  });
  start();
})();
