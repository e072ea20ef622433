"use strict";
const specification = JSON.parse(document.getElementById("specification").textContent);
vegaEmbed("#chart", specification, {
  mode: "vega-lite",
  renderer: "svg",
  actions: false,
  bind: "#choices",
  ast: true,
  loader: { target: "_blank", rel: "noopener" },
});
