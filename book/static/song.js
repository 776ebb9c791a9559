/* The page on which the networks hear a song: all of it happens in the browser. */
(() => {
  const root = document.getElementById("song");
  const data = JSON.parse(document.getElementById("song-data").textContent);
  const FOLDER = new URL("networks/", document.currentScript.src).href;
  const MOST_SECONDS = 180, MOST_TIPPED = 4; // stretches that are heard at each noise level
  const SNRS_DB = [Infinity, 30, 25, 20, 15, 10, 5, 0, -5, -10], CEILING = 0.999, TOP_DB = 80;
  const MAGMA = [[0, 0, 4], [81, 18, 124], [183, 55, 121], [252, 137, 97], [252, 253, 191]];
  const named = (snr) => (snr === Infinity ? "clean" : `${String(snr).replace("-", "−")} dB`);
  const percent = (share) => `${Math.round(100 * share)} %`;
  const best = (shares) => shares.indexOf(Math.max(...shares));
  const mean = (rows) => rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i] / rows.length, 0));
  const power = (samples) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  const bytesOf = (address) => Uint8Array.from(atob(address.split(",")[1]), (c) => c.charCodeAt()).buffer;
  let networks, noise, samples, rate, tips, turn = 0; // a turn ends when another begins

  root.innerHTML = `
    <p><label>Drop an audio file anywhere on this page, or choose one:
      <input type="file" accept="audio/*"></label></p>
    <p class="choices">Or take a clip of the book:</p>
    <p><label>Noise of a crowd: <input type="range" max="${SNRS_DB.length - 1}" value="0">
      <output>clean</output></label></p>
    <p role="status">Nothing was heard yet.</p><progress value="0" hidden></progress>
    <figure hidden><div class="picture"><canvas role="img" aria-label="log-mel spectrogram"></canvas>
      </div><audio controls></audio><div class="cards"></div></figure>`;
  const [file, slider, level, status, progress, figure, picture, canvas, audio, cards] = ["[type=file]",
    "[type=range]", "output", "[role=status]", "progress", "figure", ".picture", "canvas", "audio",
    ".cards"].map((one) => root.querySelector(one));
  const say = (text, value) => {
    status.textContent = text;
    progress.hidden = value === undefined;
    progress.value = value || 0;
  };

  /** Load a network by a script tag, once. */
  const load = (name) => window.subgenre.networks?.[name] || new Promise((resolve, reject) => {
    const script = document.head.appendChild(document.createElement("script"));
    script.onload = () => resolve(window.subgenre.networks[name]);
    script.onerror = () => reject(Error("This copy of the book has no networks, so none can answer."));
    script.src = `${FOLDER}${name}.js`;
  });

  /** Return the first minutes of a file as mono samples at the networks' rate, and all seconds. */
  async function decode(bytes) {
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
    const channels = Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i));
    const mono = (_, i) => channels.reduce((sum, one) => sum + one[i], 0) / channels.length;
    return [channels[0].subarray(0, MOST_SECONDS * rate).map(mono), sound.duration];
  }

  /** Mix noise in, over and over if it is short, at the ratio of the mean squares over all. */
  function mixed(snr) {
    const crowd = samples.map((_, i) => noise[i % noise.length]);
    const gain = Math.sqrt(power(samples) / power(crowd)) * 10 ** (-snr / 20);
    const sum = samples.map((x, i) => x + gain * crowd[i]);
    const peak = sum.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    return sum.map((x) => x * Math.min(1, CEILING / peak));
  }

  /** Return samples as a WAV file of 16 bits. */
  function wav(sound) {
    const [size, head] = [2 * sound.length, new DataView(new ArrayBuffer(44))];
    const words = [0x46464952, 36 + size, 0x45564157, 0x20746d66, 16, 0x10001, rate, 2 * rate, 0x100002,
      0x61746164, size]; // RIFF, WAVE, fmt, mono PCM, data
    words.forEach((word, i) => head.setUint32(4 * i, word, true));
    return new Blob([head, new Int16Array(sound.map((x) => 32767 * x))], { type: "audio/wav" });
  }

  /** Return the ten seconds around moments every few seconds, cut at both ends of the song. */
  function stretches() {
    const n = samples.length, size = data.seconds * rate, hop = (n > 60 * rate ? 5 : 2.5) * rate;
    return Array.from({ length: 1 + Math.floor(n / hop) }, (_, i) => {
      const [from, to] = [Math.max(0, i * hop - size / 2), Math.min(n, i * hop + size / 2)];
      return { from, to, whole: to - from === Math.min(n, size), seconds: (i * hop) / rate };
    });
  }

  /** Return [network][stretch][class], the shares that each gives; nothing if the turn is over. */
  async function ask(sound, some, mine, done) {
    const answers = networks.map(() => []);
    for (const { from, to } of some) {
      const features = networks[0].features;
      const { logMel, nFrames } = window.subgenre.logMel(sound.subarray(from, to), features);
      for (const [i, network] of networks.entries()) {
        await new Promise((resolve) => setTimeout(resolve)); // so that the page stays alive
        if (mine !== turn) return null;
        answers[i].push([...window.subgenre.predict(network, logMel, nFrames, features.n_mels)]);
      }
      done();
    }
    return answers;
  }

  function drawLogMel({ logMel, nFrames }) {
    const nMels = logMel.length / nFrames, image = new ImageData(nFrames, nMels);
    const highest = logMel.reduce((a, b) => Math.max(a, b));
    Object.assign(canvas, { width: nFrames, height: nMels });
    logMel.forEach((dB, i) => {
      const at = Math.max(0, 1 + (dB - highest) / TOP_DB) * (MAGMA.length - 1);
      const low = Math.min(Math.floor(at), MAGMA.length - 2), row = nMels - 1 - (i % nMels);
      const colour = MAGMA[low].map((c, k) => c + (at - low) * (MAGMA[low + 1][k] - c));
      image.data.set([...colour, 255], 4 * (row * nFrames + Math.floor(i / nMels)));
    });
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  /** Add ticks, pairs of a place from 0 to 1 and a text, below (x) a picture or left of it (y). */
  const addTicks = (box, axis, ticks) => ticks.forEach(([at, text]) => {
    const tick = box.appendChild(document.createElement("i"));
    Object.assign(tick, { className: axis, textContent: text });
    tick.style[axis === "x" ? "left" : "bottom"] = `${100 * at}%`;
  });
  function secondsTicks() {
    const seconds = samples.length / rate, step = [1, 2, 5, 10, 30].find((one) => seconds / one <= 6);
    const places = Array.from({ length: 1 + Math.floor(seconds / step) }, (_, i) => i * step);
    return places.map((at) => [at / seconds, at ? at : "0 s"]);
  }

  /** Fill a picture with columns, each a stack of the classes' shares, named under the pointer. */
  function stack(box, columns, width, first, names) {
    const { labels } = networks[0];
    const rects = columns.flatMap((shares, x) => shares.map((share, c) => `<rect width="1.02"
      x="${x - 0.5}" y="${shares.slice(0, c).reduce((a, b) => a + b, 0)}" height="${share}"
      fill="${data.colours[c]}"><title>${names[x]}: ${labels[c]} ${percent(share)}</title></rect>`));
    box.innerHTML = `<svg viewBox="${first} 0 ${width} 1" preserveAspectRatio="none">${rects.join("")}</svg>`;
  }

  /** Show each network's answer as bars, and its answers over time. */
  function showAnswers(answers, some) {
    const names = some.map(({ seconds }) => `${seconds} s`), hop = some[1]?.seconds || data.seconds;
    cards.replaceChildren(...Object.values(data.networks).map((title, i) => {
      const shares = mean(answers[i].filter((_, j) => some[j].whole)), { labels } = networks[i];
      const bars = labels.map((label, c) => `<tr><th scope="row">${label}</th><td><b style="width:
        ${100 * shares[c]}%; background: ${data.colours[c]}"></b></td><td>${percent(shares[c])}</td></tr>`);
      const card = document.createElement("section");
      card.innerHTML = `<h3>${title}: ${labels[best(shares)]}</h3><table>${bars.join("")}</table>
        <p>second by second</p><div class="picture over"></div>
        <p class="tip">from clean to noisy</p><div class="picture tips"></div>`;
      const box = card.querySelector(".over");
      stack(box, answers[i], samples.length / rate / hop, 0, names);
      addTicks(box, "x", secondsTicks());
      return card;
    }));
  }

  /** Show at which noise each network leaves the answer that it gives to the clean song. */
  function showTips() {
    [...cards.children].forEach((card, i) => {
      const { labels } = networks[i], said = tips.map((shares) => labels[best(shares[i])]);
      const tip = said.findIndex((one) => one !== said[0]), box = card.querySelector(".tips");
      card.querySelector(".tip").textContent = tip < 0
        ? `It says ${said[0]} from clean down to ${named(SNRS_DB.at(-1))}: no tipping point.`
        : `It says ${said[0]} down to ${named(SNRS_DB[tip - 1])} and tips to ${said[tip]} at ${named(SNRS_DB[tip])}.`;
      stack(box, tips.map((shares) => shares[i]), SNRS_DB.length, -0.5, SNRS_DB.map(named));
      addTicks(box, "x", [0, 3, 5, 7, 9].map((k) => [(k + 0.5) / SNRS_DB.length, named(SNRS_DB[k])]));
    });
  }

  /** Hear the song at the slider's noise, then at every noise. */
  async function hear() {
    const mine = ++turn, snr = SNRS_DB[slider.value], sound = mixed(snr), some = stretches();
    const { currentTime, paused } = audio, whole = some.filter((one) => one.whole);
    const few = whole.filter((_, i) => i % Math.ceil(whole.length / MOST_TIPPED) === 0);
    const total = some.length + (SNRS_DB.length - tips.length) * few.length, { note } = status.dataset;
    let n = 0;
    const done = () => say(`${note} The networks listen…`, ++n / total);
    figure.hidden = false;
    URL.revokeObjectURL(audio.src);
    audio.src = URL.createObjectURL(wav(sound));
    audio.currentTime = currentTime;
    if (!paused) audio.play().catch(() => {}); // which the next position may interrupt
    picture.querySelectorAll("i:not(.playhead)").forEach((tick) => tick.remove());
    addTicks(picture, "x", secondsTicks());
    addTicks(picture, "y", data.hertz);
    drawLogMel(window.subgenre.logMel(sound, networks[0].features));
    const answers = await ask(sound, some, mine, done);
    if (!answers) return;
    showAnswers(answers, some);
    while (tips.length < SNRS_DB.length) {
      const found = await ask(mixed(SNRS_DB[tips.length]), few, mine, done);
      if (!found) return;
      tips.push(found.map(mean));
    }
    showTips();
    say(`${note} Done.`);
  }

  /** Read a file, or say in one sentence why not. */
  async function open(name, bytes) {
    const mine = ++turn;
    try {
      say("The networks are loaded…", 0);
      networks = await Promise.all(Object.keys(data.networks).map(load));
      rate = networks[0].features.sample_rate;
      noise ??= (await decode(bytesOf(data.noise)))[0];
      const [found, seconds] = await bytes.then(decode).catch(() => {
        throw Error(`“${name}” cannot be read as sound: try an MP3, WAV, Ogg or FLAC file.`);
      });
      if (mine !== turn) return;
      if (found.length < rate || !power(found)) throw Error(`“${name}” holds less than a second of sound.`);
      const cut = seconds > MOST_SECONDS ? ` Only its first ${MOST_SECONDS / 60} minutes are heard.` : "";
      [samples, tips] = [found, []];
      status.dataset.note = `“${name}”, ${Math.round(seconds)} s.${cut}`;
      await hear();
    } catch (error) {
      say(error.message);
    }
  }

  const openFile = (one) => one && open(one.name, one.arrayBuffer());
  file.addEventListener("change", () => openFile(file.files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    openFile(event.dataTransfer.files[0]);
  });
  data.clips.forEach(({ title, mp3 }) => {
    const button = root.querySelector(".choices").appendChild(document.createElement("button"));
    button.textContent = title;
    button.addEventListener("click", () => open(title, Promise.resolve(bytesOf(mp3))));
  });
  slider.addEventListener("input", () => {
    level.textContent = named(SNRS_DB[slider.value]);
    slider.setAttribute("aria-valuetext", level.textContent);
    if (samples) hear();
  });
  window.subgenre.follow(audio, [picture]);
})();
