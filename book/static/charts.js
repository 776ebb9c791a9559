/* Draws the charts of a page from their specifications, in place of the still pictures, which print
   shows. The library lies beside this script and is loaded only where there is a chart. */
(() => {
  const library = new URL("vega.js", document.currentScript.src);
  /** Return the theme of the page as options of the library. */
  function look() {
    const { color: ink, fontFamily: font } = getComputedStyle(document.body);
    const rule = getComputedStyle(document.documentElement).getPropertyValue("--rule");
    const axis = { gridColor: rule, domainColor: rule, tickColor: rule, labelColor: ink, titleColor: ink, labelFontSize: 13, titleFontSize: 13, titleFontWeight: "normal" };
    const config = { font, axis, background: null, view: { stroke: null }, title: { color: ink, fontSize: 14 }, text: { color: ink } };
    return { config, actions: false, renderer: "svg", tooltip: { theme: document.documentElement.dataset.theme } };
  }

  /** Draw one chart; anew when the theme is switched. */
  function draw(data) {
    const { series, panels } = JSON.parse(data.textContent);
    const [hidden, views, chart] = [new Set(), [], document.createElement("div")];
    Object.assign(chart, { className: "drawn", role: "group", ariaLabel: data.previousElementSibling.firstChild.alt });
    chart.innerHTML = `<div class="series"></div><div class="panels"></div><p></p>`;
    const moves = "Drag to move, Ctrl and wheel to zoom, double-click to go back.";
    chart.children[2].textContent = `Point at a mark for its values. ${Object.keys(series).length ? moves : ""}`;
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
      const drawn = panels.map((panel, i) => vegaEmbed(places[i], panel, look()));
      for (const { view } of await Promise.all(drawn)) views.push(view);
      if (hidden.size) hide();
    };
    data.after(chart);
    paint();
    new ResizeObserver(() => dispatchEvent(new Event("resize"))).observe(chart); // which views hear
    new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  addEventListener("DOMContentLoaded", () => {
    const found = document.querySelectorAll("script.chart");
    if (found.length) document.head.append(Object.assign(document.createElement("script"), { src: library, onload: () => found.forEach(draw) }));
  });
})();
