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
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const highest = (numbers) => numbers.reduce((a, b) => Math.max(a, b));
  const best = (shares) => networks[0].labels[shares.indexOf(highest(shares))];
  const mean = (rows) => rows[0].map((_, i) => sum(rows.map((row) => row[i])) / rows.length);
  const power = (sound) => sound.reduce((total, x) => total + x * x, 0) / sound.length;
  const bytesOf = (address) => Uint8Array.from(atob(address.split(",")[1]), (c) => c.charCodeAt()).buffer;
  let networks, noise, samples, rate, note, tips, turn = 0; // a turn ends when another begins

  root.innerHTML = `
    <p><label>Drop an audio file anywhere on this page, or choose one:
      <input type="file" accept="audio/*"></label></p>
    <p class="choices">Or take a clip of the book:</p>
    <p><label>Noise of a crowd: <input type="range" max="${SNRS_DB.length - 1}" value="0"
      aria-valuetext="clean"> <output>clean</output></label></p>
    <p role="status">Nothing was heard yet.</p><progress value="0" hidden></progress>
    <figure hidden><div class="picture"><canvas role="img" aria-label="log-mel spectrogram"></canvas>
      </div><audio controls></audio><div class="cards"></div></figure>`;
  const [file, slider, status, progress, picture, audio, cards] = ["[type=file]", "[type=range]",
    "[role=status]", "progress", ".picture", "audio", ".cards"].map((one) => root.querySelector(one));
  const say = (text, share) => {
    status.textContent = text;
    Object.assign(progress, { hidden: share === undefined, value: share || 0 });
  };

  /** Load a network by a script tag, once. */
  const load = (name) => window.subgenre.networks?.[name] || new Promise((resolve, reject) => {
    document.head.appendChild(Object.assign(document.createElement("script"), {
      onload: () => resolve(window.subgenre.networks[name]),
      onerror: () => reject(Error("This copy of the book has no networks, so none can answer.")),
      src: `${FOLDER}${name}.js`,
    }));
  });

  /** Return the first minutes of a file as mono samples at the networks' rate, and all seconds. */
  async function decode(bytes) {
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
    const channels = Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i));
    const mono = (_, i) => channels.reduce((total, one) => total + one[i], 0) / channels.length;
    return [channels[0].subarray(0, MOST_SECONDS * rate).map(mono), sound.duration];
  }

  /** Mix noise in, over and over if it is short, at the ratio of the mean squares over all. */
  function mixed(snr) {
    const crowd = samples.map((_, i) => noise[i % noise.length]);
    const gain = Math.sqrt(power(samples) / power(crowd)) * 10 ** (-snr / 20);
    const mixture = samples.map((x, i) => x + gain * crowd[i]);
    const scale = Math.min(1, CEILING / highest(mixture.map(Math.abs)));
    return mixture.map((x) => scale * x);
  }

  /** Return samples as a WAV file: RIFF, WAVE, fmt, mono PCM of 16 bits, data. */
  function wav(sound) {
    const size = 2 * sound.length, head = Uint32Array.of(0x46464952, 36 + size, 0x45564157, 0x20746d66,
      16, 0x10001, rate, 2 * rate, 0x100002, 0x61746164, size);
    return new Blob([head, new Int16Array(sound.map((x) => 32767 * x))], { type: "audio/wav" });
  }

  /** Return the ten seconds around moments every few seconds, cut at both ends of the song. */
  function stretches() {
    const n = samples.length, size = data.seconds * rate, hop = (n > 60 * rate ? 5 : 2.5) * rate;
    return Array.from({ length: 1 + Math.floor(n / hop) }, (_, i) => {
      const [from, to] = [Math.max(0, i * hop - size / 2), Math.min(n, i * hop + size / 2)];
      return { from, to, isWhole: to - from === Math.min(n, size), hop: hop / rate };
    });
  }

  /** Return [network][stretch][class], the shares that each gives; nothing if the turn is over. */
  async function ask(sound, some, mine, done) {
    const answers = networks.map(() => []), { features } = networks[0];
    for (const { from, to } of some) {
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

  /** Put ticks, pairs of a place from 0 to 1 and a text, below (x) a picture or left of it (y). */
  const addTicks = (box, axis, ticks) => ticks.forEach(([at, text]) => box.insertAdjacentHTML(
    "beforeend", `<i class="${axis}" style="${axis === "x" ? "left" : "bottom"}: ${100 * at}%">${text}</i>`));
  function secondsTicks() {
    const seconds = samples.length / rate, step = [1, 2, 5, 10, 30].find((one) => seconds / one <= 6);
    return Array.from({ length: 1 + Math.floor(seconds / step) }, (_, i) =>
      [(i * step) / seconds, i ? i * step : "0 s"]);
  }

  function drawLogMel({ logMel, nFrames }) {
    const nMels = logMel.length / nFrames, image = new ImageData(nFrames, nMels), most = highest(logMel);
    logMel.forEach((level, i) => {
      const at = Math.max(0, 1 + (level - most) / TOP_DB) * (MAGMA.length - 1), row = i % nMels;
      const low = Math.min(Math.floor(at), MAGMA.length - 2);
      const colour = MAGMA[low].map((c, k) => c + (at - low) * (MAGMA[low + 1][k] - c));
      image.data.set([...colour, 255], 4 * ((nMels - 1 - row) * nFrames + Math.floor(i / nMels)));
    });
    const canvas = Object.assign(picture.querySelector("canvas"), { width: nFrames, height: nMels });
    canvas.getContext("2d").putImageData(image, 0, 0);
    picture.querySelectorAll(".x, .y").forEach((tick) => tick.remove());
    addTicks(picture, "x", secondsTicks());
    addTicks(picture, "y", data.hertz);
  }

  /** Fill a picture with columns, each a stack of the classes' shares, named under the pointer. */
  function stack(box, columns, first, width, name, ticks) {
    const rects = columns.flatMap((shares, x) => shares.map((share, c) => `<rect x="${x - 0.5}"
      y="${sum(shares.slice(0, c))}" width="1.02" height="${share}" fill="${data.colours[c]}"><title>
      ${name(x)}: ${networks[0].labels[c]} ${percent(share)}</title></rect>`));
    box.innerHTML = `<svg viewBox="${first} 0 ${width} 1" preserveAspectRatio="none"
      shape-rendering="crispEdges">${rects.join("")}</svg>`;
    addTicks(box, "x", ticks);
  }

  /** Show each network's answer as bars, over time, and, once all is heard, over the noise. */
  function show(answers, some) {
    const hop = some[0].hop, n = SNRS_DB.length;
    cards.replaceChildren(...Object.values(data.networks).map((title, i) => {
      const shares = mean(answers[i].filter((_, j) => some[j].isWhole)), noisy = tips.map((one) => one[i]);
      const said = noisy.map(best), tip = said.findIndex((one) => one !== said[0]);
      const bars = shares.map((share, c) => `<tr><th scope="row">${networks[i].labels[c]}</th><td><b
        style="width: ${100 * share}%; background: ${data.colours[c]}"></b></td><td>${percent(share)}</td></tr>`);
      const card = document.createElement("section");
      card.innerHTML = `<h3>${title}: ${best(shares)}</h3><table>${bars.join("")}</table>
        <p>second by second</p><div class="picture"></div><p class="tip"></p><div class="picture" hidden></div>`;
      const [, over, sentence, tipped] = card.querySelectorAll("p, .picture");
      stack(over, answers[i], 0, samples.length / rate / hop, (x) => `${x * hop} s`, secondsTicks());
      if (noisy.length < n) return card;
      sentence.textContent = tip < 0 ? `It says ${said[0]} from clean down to ${named(SNRS_DB[n - 1])}.`
        : `It says ${said[0]} down to ${named(SNRS_DB[tip - 1])} and tips to ${said[tip]} at ${named(SNRS_DB[tip])}.`;
      tipped.hidden = false;
      stack(tipped, noisy, -0.5, n, (x) => named(SNRS_DB[x]),
        [0, 3, 5, 7, 9].map((x) => [(x + 0.5) / n, named(SNRS_DB[x])]));
      return card;
    }));
  }

  /** Hear the song at the slider's noise, and each song once at every noise. */
  async function hear() {
    const mine = ++turn, sound = mixed(SNRS_DB[slider.value]), some = stretches();
    const whole = some.filter((one) => one.isWhole), { currentTime, paused } = audio;
    const few = whole.filter((_, i) => i % Math.ceil(whole.length / MOST_TIPPED) === 0);
    const total = some.length + (SNRS_DB.length - tips.length) * few.length;
    let n = 0;
    const done = () => say(`${note} The networks listen…`, ++n / total);
    root.querySelector("figure").hidden = false;
    URL.revokeObjectURL(audio.src);
    audio.src = URL.createObjectURL(wav(sound));
    audio.currentTime = currentTime;
    if (!paused) audio.play().catch(() => {}); // which the next position may interrupt
    drawLogMel(window.subgenre.logMel(sound, networks[0].features));
    const answers = await ask(sound, some, mine, done);
    if (answers) show(answers, some);
    while (answers && tips.length < SNRS_DB.length) {
      const found = await ask(mixed(SNRS_DB[tips.length]), few, mine, done);
      if (!found) return;
      tips.push(found.map(mean));
      if (tips.length === SNRS_DB.length) show(answers, some);
    }
    if (answers) say(`${note} Done.`);
  }

  /** Read a file, or say in one sentence why not. */
  async function open(name, reading) {
    const mine = ++turn;
    try {
      say("The networks are loaded…", 0);
      networks = await Promise.all(Object.keys(data.networks).map(load));
      rate = networks[0].features.sample_rate;
      noise ??= (await decode(bytesOf(data.noise)))[0];
      const [found, seconds] = await reading.then(decode).catch(() => {
        throw Error(`“${name}” cannot be read as sound: try an MP3, WAV, Ogg or FLAC file.`);
      });
      if (found.length < rate || !power(found)) throw Error(`“${name}” holds less than a second of sound.`);
      if (mine !== turn) return;
      const cut = seconds > MOST_SECONDS ? ` Only its first ${MOST_SECONDS / 60} minutes are heard.` : "";
      [samples, tips, note] = [found, [], `“${name}”, ${Math.round(seconds)} s.${cut}`];
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
    root.querySelector("output").textContent = named(SNRS_DB[slider.value]);
    slider.setAttribute("aria-valuetext", named(SNRS_DB[slider.value]));
    if (samples) hear();
  });
  window.subgenre.follow(audio, picture);
})();
