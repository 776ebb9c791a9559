/* Players of clips: a line runs over the picture, and one switch changes between versions. */
window.subgenre = window.subgenre || {};
(() => {
  /** Let a line run over the pictures while `audio` plays; a click on a picture goes there. */
  subgenre.follow = (audio, pictures) => {
    const lines = pictures.map((picture) => {
      const line = picture.appendChild(document.createElement("i"));
      line.className = "playhead";
      picture.addEventListener("click", (event) => {
        const { left, width } = picture.getBoundingClientRect();
        if (audio.duration) audio.currentTime = ((event.clientX - left) / width) * audio.duration;
      });
      return line;
    });
    const place = () => lines.forEach((line) => {
      line.style.left = `${(100 * audio.currentTime) / (audio.duration || 1)}%`;
    });
    const run = () => {
      place();
      if (!audio.paused) requestAnimationFrame(run);
    };
    audio.addEventListener("play", run);
    ["seeking", "timeupdate"].forEach((name) => audio.addEventListener(name, place));
  };

  /** Show one version of a clip at a time; the next goes on where the last one was. */
  function addSwitch(figure, versions, audios) {
    let shown = 0;
    const group = document.createElement("div");
    group.className = "switch";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "version");
    const choose = (number) => {
      const { paused, currentTime } = audios[shown];
      audios[shown].pause();
      if (number !== shown) audios[number].currentTime = currentTime;
      if (!paused) audios[number].play();
      shown = number;
      versions.forEach((version, i) => { version.hidden = i !== shown; });
      [...group.children].forEach((one, i) => one.setAttribute("aria-pressed", i === shown));
    };
    versions.forEach((version, number) => {
      const button = group.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = version.dataset.name;
      button.addEventListener("click", () => choose(number));
    });
    versions[0].before(group);
    choose(0);
  }

  // A page may load this file once for each of its groups of players.
  document.querySelectorAll("figure.clip:not(.ready)").forEach((figure) => {
    figure.classList.add("ready");
    const versions = [...figure.querySelectorAll(".version")];
    const audios = versions.map((version) => version.querySelector("audio"));
    audios.forEach((audio, i) => subgenre.follow(audio, [versions[i].querySelector(".picture")]));
    if (versions.length > 1) addSwitch(figure, versions, audios);
  });
  // Of all players of a page only one plays.
  document.addEventListener("play", ({ target }) => {
    document.querySelectorAll("audio").forEach((one) => one !== target && one.pause());
  }, true);
})();
