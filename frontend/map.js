// Draws the picture of the portfolio map: points from the server, in thousandths of the picture, as an SVG.
const SVG = "http://www.w3.org/2000/svg";
const EDGE = { left: 76, right: 28, top: 8, bottom: 40 };

const add = (parent, name, attributes, text) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
};

const draw = (svg, { x, y, nothing, points }) => {
  const width = svg.clientWidth || 600;
  const height = Math.round(Math.min(440, Math.max(280, width * 0.6)));
  const across = (at) => EDGE.left + (at / 1000) * (width - EDGE.left - EDGE.right);
  const up = (at) => height - EDGE.bottom - (at / 1000) * (height - EDGE.top - EDGE.bottom);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("height", height);
  svg.replaceChildren();
  const [left, right, bottom, top] = [across(0), across(1000), up(0), up(1000)];
  add(svg, "rect", { class: "map-nothing", x: left, y: top, width: across(nothing) - left, height: bottom - top });
  add(svg, "rect", { class: "map-nothing", x: left, y: up(nothing), width: right - left, height: bottom - up(nothing) });
  const sparse = width < 480 ? 2 : 1;
  x.ticks.forEach(({ at, text }, place) => {
    add(svg, "line", { class: "map-grid", x1: across(at), x2: across(at), y1: top, y2: bottom });
    if (place % sparse === 0) add(svg, "text", { class: "map-tick", x: across(at), y: bottom + 14, "text-anchor": "middle" }, text);
  });
  y.ticks.forEach(({ at, text }) => {
    add(svg, "line", { class: "map-grid", x1: left, x2: right, y1: up(at), y2: up(at) });
    add(svg, "text", { class: "map-tick", x: left - 6, y: up(at) + 4, "text-anchor": "end" }, text);
  });
  add(svg, "text", { class: "map-axis", x: right, y: height - 6, "text-anchor": "end" }, x.title);
  add(svg, "text", { class: "map-axis", x: 4, y: height - 6 }, y.title);
  for (const point of points) {
    const r = Math.min(14, 2.5 + 1.5 * Math.log2(point.customers));
    const kind = `map-point map-${point.motion}${point.moves ? " map-moves" : ""}`;
    const circle = add(svg, "circle", { class: kind, cx: across(point.x), cy: up(point.y), r });
    add(circle, "title", {}, point.text);
  }
  add(svg, "line", { class: "map-limit", x1: across(x.limit), x2: across(x.limit), y1: top, y2: bottom });
  add(svg, "line", { class: "map-limit", x1: left, x2: right, y1: up(y.limit), y2: up(y.limit) });
};

const show = async (figure) => {
  const svg = figure.querySelector("svg");
  const answer = await fetch(figure.dataset.picture, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const picture = await answer.json();
  let drawn = 0;
  new ResizeObserver(() => {
    if (svg.clientWidth === drawn) return;
    drawn = svg.clientWidth;
    draw(svg, picture);
  }).observe(figure);
};

const showAll = () => {
  for (const figure of document.querySelectorAll("[data-picture]:not([data-shown])")) {
    figure.dataset.shown = "";
    show(figure);
  }
};
document.addEventListener("htmx:afterSettle", showAll);
showAll();
