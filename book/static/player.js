/* Players of clips: a line runs over the picture, and one switch changes between versions. */
window.subgenre = window.subgenre || {};
(() => {
  /** Let a line run over a picture while `audio` plays; a click on the picture goes there. */
  subgenre.follow = (audio, picture) => {
    const line = picture.appendChild(document.createElement("i"));
    line.className = "playhead";
    const run = ({ type }) => {
      line.style.left = `${(100 * audio.currentTime) / (audio.duration || 1)}%`;
      if (!audio.paused && type !== "seeking") requestAnimationFrame(run);
    };
    ["play", "seeking"].forEach((name) => audio.addEventListener(name, run));
    picture.addEventListener("click", (event) => {
      const { left, width } = picture.getBoundingClientRect();
      if (audio.duration) audio.currentTime = ((event.clientX - left) / width) * audio.duration;
    });
  };

  /** Show one version of a clip at a time; the next goes on where the last one was. */
  function addSwitch(versions, audios) {
    const group = document.createElement("div");
    versions[0].before(group);
    group.outerHTML = `<div class="switch" role="group" aria-label="version">${versions.map((one) =>
      `<button type="button">${one.dataset.name}</button>`).join("")}</div>`;
    const buttons = [...versions[0].previousElementSibling.children];
    const show = (number) => {
      versions.forEach((one, i) => { one.hidden = i !== number; });
      buttons.forEach((one, i) => one.setAttribute("aria-pressed", i === number));
    };
    buttons.forEach((button, number) => button.addEventListener("click", () => {
      const last = audios[versions.findIndex((one) => !one.hidden)], { paused } = last;
      last.pause();
      audios[number].currentTime = last.currentTime;
      if (!paused) audios[number].play();
      show(number);
    }));
    show(0);
  }

  // A page may load this file once for each of its groups of players.
  document.querySelectorAll("figure.clip:not(.ready)").forEach((figure) => {
    figure.classList.add("ready");
    const [versions, audios, pictures] = [".version", "audio", ".picture"]
      .map((one) => [...figure.querySelectorAll(one)]);
    audios.forEach((audio, i) => subgenre.follow(audio, pictures[i]));
    if (versions.length > 1) addSwitch(versions, audios);
  });
  // Of all players of a page only one plays.
  document.addEventListener("play", ({ target }) => {
    document.querySelectorAll("audio").forEach((one) => one !== target && one.pause());
  }, true);
})();
