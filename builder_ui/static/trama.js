// Clocks and the copy button: the little that is quicker in the browser than by way of the server.
(() => {
  let ahead = 0;
  const zone = "America/Sao_Paulo";
  const shapes = {
    short: { hour: "2-digit", minute: "2-digit" },
    time: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
    day: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  };
  const show = () => {
    const now = new Date(Date.now() + ahead * 1000);
    const language = document.documentElement.lang || navigator.language;
    for (const element of document.querySelectorAll("[data-clock]")) {
      const text = new Intl.DateTimeFormat(language, { timeZone: zone, ...shapes[element.dataset.clock] }).format(now);
      if (element.textContent !== text) element.textContent = text;
    }
  };
  // called once the page is connected: from then on nothing that is typed is lost
  window.tramaClock = (seconds) => { ahead = seconds; show(); document.body.dataset.ready = "yes"; };
  setInterval(show, 1000);

  // Who asks for a list by a key types on at once: what comes before its search field is there waits for it, and does
  // not fall onto the canvas, where letters are commands.
  const typing = (el) => el?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el?.tagName ?? "");
  let early = null;
  const search = () => [...document.querySelectorAll(".chooser input")].find((el) => el.offsetParent);
  const settle = () => {
    if (!early) return;
    const field = search();
    if (!field && Date.now() < early.until) return void setTimeout(settle, 15);
    const { text } = early;
    early = null;
    if (!field) return;
    field.focus();
    if (text) {
      // the last letters may have found the field by themselves already
      field.value = text + field.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  window.addEventListener("keydown", (event) => {
    const ctrl = event.ctrlKey || event.metaKey;
    if (early) {
      if (search() === document.activeElement) return;
      if (event.key === "Backspace") early.text = early.text.slice(0, -1);
      else if (event.key.length === 1 && !ctrl) early.text += event.key;
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (typing(event.target) || !event.target?.closest?.(".trama-canvas, [role=tree]") || search()) return;
    const asks = ctrl ? /^[kf]$/i.test(event.key) : /^[/+=]$/.test(event.key);
    if (asks && (ctrl || event.key === "/" || event.target.closest("[role=tree]"))) {
      early = { text: "", until: Date.now() + 2500 };
      setTimeout(settle, 15);
    }
  }, true);

  // keys of the builder that hold on the whole page, where nothing else took them
  window.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !document.querySelector(".editor") || document.querySelector(".q-dialog")) return;
    const key = event.key.toLowerCase(), ctrl = (event.ctrlKey || event.metaKey) && !event.altKey;
    let deed = "";
    if (ctrl && key === "k") deed = "palette";
    else if (typing(document.activeElement)) return;
    else if (ctrl && key === "z") deed = event.shiftKey ? "redo" : "undo";
    else if (ctrl && key === "y") deed = "redo";
    else if (ctrl && key === "f") deed = "search";
    else if (event.key === "?") deed = "help";
    if (!deed) return;
    event.preventDefault();
    window.emitEvent("trama-key", deed);
  });

  // names a part that an element of a library makes by itself, once it is there
  window.tramaName = (id, part, name, tries = 200) => {
    const found = document.getElementById(`c${id}`)?.querySelector(part);
    if (found) found.setAttribute("aria-label", name);
    else if (tries) requestAnimationFrame(() => window.tramaName(id, part, name, tries - 1));
  };

  // where the canvas has no room the outline stands in its place
  window.tramaNarrow = () => { if (matchMedia("(max-width: 820px)").matches) window.emitEvent("trama-key", "outline"); };

  // on a phone the panel stands below the outline
  window.tramaReveal = (part) => { if (matchMedia("(max-width: 820px)").matches) document.querySelector(part)?.scrollIntoView(); };

  // the token of the webchat's widget, which lives on the same site in the demonstration
  window.tramaVisitor = (channel) => {
    try {
      return JSON.parse(localStorage.getItem(`trama-webchat:${location.host}:${channel}`) || "{}").token || "";
    } catch {
      return "";
    }
  };

  window.tramaCopy = async (button) => {
    const code = button.dataset.code;
    try {
      await navigator.clipboard.writeText(code);
    } catch {
      // no clipboard without https: select it the old way
      const area = document.createElement("textarea");
      area.value = code;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const words = button.querySelector("span:last-child"), before = words.textContent;
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, 1600);
  };
})();
