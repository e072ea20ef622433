// Runs inside a page, with or without the page's own scripts: reads it and says what is wrong, as plain values.
// A fault here is { rule, element, advice }; check.mjs adds the page.

globalThis.siteCheck = (() => {
  const SCROLLS = new Set(["auto", "scroll"]);
  const MAY_SCROLL = "table, svg, img, canvas, pre";
  const CHART_SIZE = 100; // CSS pixels: a picture larger than this both ways is no ornament
  const TEXT_SPACING = `*:not(svg, svg *) {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
  } p { margin-bottom: 2em !important; }`;

  const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const all = (selector) => [...document.querySelectorAll(selector)];
  const styleOf = (element) => getComputedStyle(element);

  function describe(element) {
    const id = element.id ? `#${element.id}` : "";
    const classes = [...element.classList].map((name) => `.${name}`).join("");
    const source = element.getAttribute("src") ?? element.getAttribute("href");
    const words = squeeze(element.textContent).slice(0, 40);
    const shown = source ? `[${source.slice(0, 60)}]` : "";
    return `<${element.localName}${id}${classes}>${shown}${words ? ` “${words}”` : ""}`;
  }

  const fault = (rule, element, advice) => ({
    rule,
    element: typeof element === "string" ? element : describe(element),
    advice,
  });

  function gather(rule, elements, advice) {
    if (elements.length === 0) return [];
    const more = elements.length > 1 ? ` and ${elements.length - 1} more` : "";
    return [fault(rule, describe(elements[0]) + more, advice)];
  }

  const rendered = (element) => element.checkVisibility({ visibilityProperty: true });

  // ---------------------------------------------------------------- what every page has

  function structure() {
    const faults = [];
    if (!document.documentElement.lang) faults.push(fault("lang", "<html>", "give lang, such as en-GB"));
    if (!squeeze(document.title)) faults.push(fault("title", "<title>", "give the page a title"));
    for (const [rule, selector] of [["h1", "h1"], ["main", "main, [role=main]"]]) {
      const found = all(selector).filter((element) => squeeze(element.textContent));
      if (found.length !== 1) faults.push(fault(rule, `${found.length} × ${selector}`, "have exactly one, not empty"));
    }
    if (!document.querySelector("meta[http-equiv='Content-Security-Policy' i]")) {
      faults.push(fault("policy", "<head>", "carry a content security policy, as the other pages do"));
    }
    return faults;
  }

  function named(element) {
    const ids = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
    const labelled = ids.map((id) => squeeze(document.getElementById(id)?.textContent)).join("");
    const titled = [...element.children].some((child) => child.localName === "title" && squeeze(child.textContent));
    return Boolean(squeeze(element.getAttribute("aria-label")) || labelled || titled);
  }

  const withinNamedPicture = (element) =>
    named(element) || [...ancestors(element)].some((above) => /^(img|graphics-)/.test(above.role ?? "") && named(above));

  function* ancestors(element) {
    for (let above = element.parentElement; above; above = above.parentElement) yield above;
  }

  function pictures() {
    const faults = [];
    for (const image of all("img")) {
      const alternative = image.getAttribute("alt");
      const box = image.getBoundingClientRect();
      const large = box.width > CHART_SIZE && box.height > CHART_SIZE;
      if (alternative === null || (large && !squeeze(alternative))) {
        faults.push(fault("picture", image, "say in alt what the picture shows"));
      } else if (/\.(svg|png|jpe?g|gif|webp)$/i.test(alternative)) {
        faults.push(fault("picture", image, "say in alt what the picture shows, not its file name"));
      }
    }
    const drawn = all("svg, canvas").filter((element) => !element.parentElement?.closest("svg"));
    for (const drawing of drawn.filter((element) => rendered(element) && !element.closest("[aria-hidden=true]"))) {
      if (!withinNamedPicture(drawing)) {
        faults.push(fault("picture", drawing, "give the drawing role=img and aria-label (aria-hidden for an ornament)"));
      }
    }
    for (const embedded of all("object, embed, iframe")) {
      if (!embedded.title && !named(embedded)) {
        faults.push(fault("picture", embedded, "say in title or aria-label what is embedded"));
      }
    }
    return faults;
  }

  const broken = () => all("img").filter((image) => image.complete && image.naturalWidth === 0 && image.currentSrc);

  // In a drawing a link's address is an object, and may be written with a prefix.
  const links = () =>
    all("a, area")
      .map((element) => ({
        written: element.getAttribute("href") ?? element.getAttribute("xlink:href"),
        element: describe(element),
      }))
      .filter(({ written }) => written !== null)
      .map((link) => ({ ...link, address: URL.parse(link.written, document.baseURI)?.href ?? link.written }));

  const HINTS = ["preconnect", "dns-prefetch", "prefetch", "preload", "prerender", "modulepreload"];
  const hints = () => all("link[href]").filter((link) => HINTS.some((name) => link.relList.contains(name)));

  function survey() {
    return {
      title: squeeze(document.title),
      faults: [
        ...structure(),
        ...pictures(),
        ...gather("id", all("[id]").filter((element) => document.getElementById(element.id) !== element), "give it an id of its own"),
        ...broken().map((image) => fault("resource", image, "the picture cannot be shown: check that the file is whole")),
        ...hints()
          .filter((link) => !link.href.startsWith("file:"))
          .map((link) => fault("request", link, "drop the hint: a page asks nothing of another host")),
      ],
      links: links(),
      anchors: [...all("[id]").map((element) => element.id), ...all("a[name]").map((element) => element.name)],
      words: squeeze((document.querySelector("main") ?? document.body).innerText).split(" ").length,
    };
  }

  /** Lazy pictures are asked for at once, and waited for, so that they are checked and weighed with the rest. */
  async function settle() {
    for (const image of all("img")) image.loading = "eager";
    await Promise.all(all("img").map((image) => image.decode().catch(() => undefined)));
    await document.fonts.ready;
  }

  function unfold() {
    for (const details of all("details")) details.open = true;
  }

  /**
   * Rows of a table, and items of a page's lists, are made alike: where looking at each takes long, the first ones stand
   * for the rest. Containers that scroll are unrolled, for axe judges no colour of what is scrolled away; reflow has
   * looked at them by then.
   */
  function shorten({ rows, items }) {
    for (const element of all("body *").filter(scrolls)) Object.assign(element.style, { maxHeight: "none", overflow: "visible" });
    for (const body of all("tbody")) for (const row of [...body.rows].slice(rows)) row.remove();
    for (const item of all("main li").slice(items)) if (item.parentElement.firstElementChild !== item) item.remove();
  }

  // ---------------------------------------------------------------- narrow screens and wide spacing

  const scrolls = (element) => SCROLLS.has(styleOf(element).overflowX) || SCROLLS.has(styleOf(element).overflowY);
  const scrollsSideways = (element) => SCROLLS.has(styleOf(element).overflowX);
  const held = (element) => [...ancestors(element)].some((above) => above !== document.body && above !== document.documentElement
    && styleOf(above).overflowX !== "visible");

  function tooWide() {
    const width = document.documentElement.clientWidth;
    const outside = all("body *").filter(
      (element) => rendered(element) && element.getBoundingClientRect().right > width + 1 && !held(element),
    );
    return outside.filter((element) => !outside.some((other) => other !== element && element.contains(other)));
  }

  function reflow() {
    const width = document.documentElement.clientWidth;
    const scrolled = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
    const faults = [];
    if (scrolled > width) {
      const widest = tooWide().concat(document.body).slice(0, 1);
      const advice = `the page is ${scrolled} px wide at ${width}: wrap it, shrink it, or let it scroll in its own container`;
      faults.push(...gather("reflow", widest, advice));
    }
    const scrollers = all("body *").filter(
      (element) => rendered(element) && scrollsSideways(element) && element.scrollWidth > element.clientWidth + 1,
    );
    const unreachable = scrollers.filter((element) => !(element.tabIndex >= 0 && element.hasAttribute("tabindex")));
    const needless = scrollers.filter((element) => !element.matches(MAY_SCROLL) && !element.querySelector(MAY_SCROLL));
    const cut = all("body *").filter((element) => rendered(element) && clips(element).sideways && !isHiddenText(element));
    return [
      ...faults,
      ...gather("reflow", unreachable, "give the container that scrolls tabindex=0, a role and a name"),
      ...gather("reflow", needless, "let text wrap: only tables, charts and code may scroll sideways"),
      ...gather("reflow", cut, "the content is cut off on a narrow screen: let it wrap or scroll"),
    ];
  }

  function clips(element) {
    const style = styleOf(element);
    const hides = (value) => value === "hidden" || value === "clip";
    if (element instanceof SVGElement || element.matches("input, select, textarea, img, video")) return {};
    return {
      sideways: hides(style.overflowX) && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1,
      downwards: hides(style.overflowY) && element.clientHeight > 0 && element.scrollHeight > element.clientHeight + 1,
    };
  }

  // Text for screen readers alone is cut off on purpose.
  const isHiddenText = (element) => {
    const box = element.getBoundingClientRect();
    return box.width <= 2 || box.height <= 2 || element.closest("[aria-hidden=true]") !== null;
  };

  const holdsText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

  function overflowing() {
    return new Set(
      all("body *").filter((element) => {
        if (element instanceof SVGElement || !rendered(element) || isHiddenText(element)) return false;
        if (element.matches("input, select, option, textarea")) return false;
        if (clips(element).sideways || clips(element).downwards) return true;
        const fixed = holdsText(element) && styleOf(element).display !== "inline" && styleOf(element).overflowY === "visible";
        return fixed && (element.scrollHeight > element.clientHeight + 2 || element.scrollWidth > element.clientWidth + 2);
      }),
    );
  }

  /** WCAG 1.4.12. Drawings are left out: they are pictures with a text alternative. */
  function spacing() {
    const before = overflowing();
    const wideBefore = document.documentElement.scrollWidth > document.documentElement.clientWidth;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(TEXT_SPACING);
    document.adoptedStyleSheets = [sheet];
    const cut = [...overflowing()].filter((element) => !before.has(element));
    const wide = !wideBefore && document.documentElement.scrollWidth > document.documentElement.clientWidth;
    const widest = wide ? tooWide().concat(document.body).slice(0, 1) : [];
    document.adoptedStyleSheets = [];
    return [
      ...gather("spacing", cut, "text is cut off or runs over when spaced out: let the box grow (min-height, no fixed width)"),
      ...gather("spacing", widest, "the page scrolls sideways when text is spaced out: let it wrap"),
    ];
  }

  // ---------------------------------------------------------------- focus

  const seen = new WeakMap();
  let count = 0;
  const LOOK = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "backgroundColor", "color", "borderColor",
    "textDecoration"];

  /** The element that has the focus: a number of its own, where it is, how it looks, whether something covers it. */
  function focused() {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    if (!seen.has(element)) seen.set(element, (count += 1));
    // A link around a picture has the height of a line: what it holds counts as well.
    const boxes = [element, ...element.children].map((part) => part.getBoundingClientRect());
    const left = Math.max(Math.min(...boxes.map((box) => box.left)), 0);
    const top = Math.max(Math.min(...boxes.map((box) => box.top)), 0);
    const right = Math.min(Math.max(...boxes.map((box) => box.right)), innerWidth);
    const bottom = Math.min(Math.max(...boxes.map((box) => box.bottom)), innerHeight);
    const shares = [0.02, 0.25, 0.5, 0.75, 0.98];
    const uncovered = shares.some((across) =>
      shares.some((down) => {
        const hit = document.elementFromPoint(left + (right - left) * across, top + (bottom - top) * down);
        return hit && (element.contains(hit) || hit.contains(element) || [...(element.labels ?? [])].some((label) => label.contains(hit)));
      }),
    );
    const inView = right - left >= 1 && bottom - top >= 1;
    const style = styleOf(element);
    return {
      number: seen.get(element),
      element: describe(element),
      box: inView ? { left, top, right, bottom } : null,
      covered: !uncovered,
      look: [element.localName, element.className.baseVal ?? element.className, ...LOOK.map((name) => style[name])].join("|"),
    };
  }

  let blurred;
  const blur = () => (blurred = document.activeElement).blur();
  const refocus = () => blurred.focus({ preventScroll: true });

  // ---------------------------------------------------------------- interactive charts

  const drawing = () => document.querySelector(".vega-embed svg");
  const marks = () => all(".vega-embed svg [class*='mark-'] :is(path, rect, circle, line, text)");

  /** Where to point for a tooltip: middles of drawn marks that have one, the smallest marks first. */
  function pointed(limit) {
    const found = [...(drawing()?.querySelectorAll("path, rect, circle, line, text") ?? [])].filter((mark) => mark.__data__?.tooltip);
    const boxes = found.map((mark) => mark.getBoundingClientRect()).filter((box) => box.width > 0 && box.height > 0);
    boxes.sort((one, other) => one.width * one.height - other.width * other.height);
    return boxes.slice(0, limit).map((box) => ({
      x: box.left + box.width / 2 + scrollX,
      y: box.top + box.height / 2 + scrollY,
    }));
  }

  const controls = () => all(".vega-bindings :is(select, input)");

  /** Without scripts: do visible words say so, and lead to the picture, or is it there? */
  function withoutScripts() {
    const said = all("noscript").filter((element) => rendered(element) && squeeze(element.innerText));
    const led = said.some((element) => element.querySelector("a[href]")) || all("img, a[href$='.svg'], a[href$='.png']").some(rendered);
    if (said.length > 0 && led) return [];
    const advice = "in noscript, say that the chart needs scripts and link the page or file with the picture";
    return [fault("no-script", "<noscript>", advice)];
  }

  return { survey, settle, unfold, shorten, reflow, spacing, focused, blur, refocus, drawing, marks, pointed, controls, describe, withoutScripts };
})();
