// Stands in for the charts' renderer: as many marks as asked for, a tooltip or none, a control that works or does not.
function vegaEmbed(selector, { marks, tooltip = false, control }) {
  const holder = document.querySelector(selector);
  holder.classList.add("vega-embed");
  const size = 40;
  const draw = (fill) => Array.from({ length: marks }, (_, at) => `<path d="M${at * 50},0h${size}v${size}h-${size}Z" fill="${fill}"/>`);
  const svg = `<svg width="600" height="${size}"><g class="mark-rect">${draw("#12436d").join("")}</g></svg>`;
  holder.innerHTML = svg + (control ? bindings : "");
  if (marks) { holder.setAttribute("role", "graphics-document"); holder.setAttribute("aria-label", "A chart of bars"); }
  const bubble = Object.assign(document.createElement("div"), { id: "vg-tooltip-element", hidden: true });
  document.body.append(bubble);
  for (const mark of tooltip ? holder.querySelectorAll("path") : []) {
    mark.__data__ = { tooltip: "A bar" };
    mark.addEventListener("mouseover", () => {
      bubble.textContent = "A bar";
      bubble.hidden = false;
      bubble.className = "visible";
    });
    mark.addEventListener("mouseout", () => {
      bubble.hidden = true;
      bubble.className = "";
    });
  }
  if (control === "alive") {
    holder.querySelector("select").addEventListener("input", ({ target }) => {
      holder.querySelector("g").setAttribute("fill-opacity", target.selectedIndex ? 0.5 : 1);
    });
  }
}

const bindings = `<form class="vega-bindings"><label>Show <select><option>all</option><option>some</option></select></label></form>`;
