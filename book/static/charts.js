/* Draws the charts of a page from their specifications, in place of the still pictures, which print
   shows. The library lies beside this script and is loaded only where there is a chart. */
(() => {
  const library = new URL("vega.js", document.currentScript.src);
  const hint = "Point at a mark for its values. Drag to move, Ctrl and wheel to zoom, double-click to go back.";

  /** Return the theme of the page as options of the library. */
  function look() {
    const { color: ink, fontFamily: font } = getComputedStyle(document.body);
    const rule = getComputedStyle(document.documentElement).getPropertyValue("--rule");
    const lines = { gridColor: rule, domainColor: rule, tickColor: rule, titleFontWeight: "normal" };
    const axis = { ...lines, labelColor: ink, titleColor: ink, labelFontSize: 13, titleFontSize: 13, labelLimit: 200 };
    const config = { font, axis, background: null, view: { stroke: null }, title: { color: ink, fontSize: 14 }, text: { color: ink } };
    return { config, actions: false, renderer: "svg", tooltip: { theme: document.documentElement.dataset.theme } };
  }

  /** Draw one chart; anew when the theme is switched. */
  function draw(data) {
    const { series, least, panels } = JSON.parse(data.textContent);
    const [hidden, views, chart] = [new Set(), [], document.createElement("div")];
    chart.className = "drawn";
    chart.setAttribute("role", "group");
    chart.setAttribute("aria-label", data.previousElementSibling.alt);
    chart.innerHTML = `<div class="series"></div><div class="panels" style="--least: ${least}"></div><p></p>`;
    chart.children[2].textContent = Object.keys(series).length ? hint : "Point at a field for its numbers.";
    const hide = () => views.forEach((view) => view.signal("hidden", [...hidden]).runAsync());
    for (const [name, color] of Object.entries(series)) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name, ariaPressed: "true" });
      button.style.setProperty("--series", color);
      button.onclick = () => {
        if (!hidden.delete(name)) hidden.add(name);
        button.ariaPressed = String(!hidden.has(name));
        hide();
      };
      chart.children[0].append(button);
    }
    const places = panels.map(() => chart.children[1].appendChild(document.createElement("div")));
    const paint = async () => {
      views.splice(0).forEach((view) => view.finalize());
      const drawn = await Promise.all(panels.map((panel, i) => vegaEmbed(places[i], panel, look())));
      views.push(...drawn.map((one) => one.view));
      if (hidden.size) hide();
    };
    data.after(chart);
    paint();
    new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  addEventListener("DOMContentLoaded", () => {
    const found = document.querySelectorAll("script.chart");
    if (found.length) document.head.append(Object.assign(document.createElement("script"), { src: library, onload: () => found.forEach(draw) }));
  });
})();
